/// Takes decoded rows in any order and keeps an image reduced by a whole factor, so that a large image is never held
/// whole.
///
/// Every pixel of the result is the mean of a square of `factor` by `factor` stored pixels, of fewer at the right and the
/// bottom edge. Transparency is kept until ``finish()``. Pixels that never arrive are white, or transparent where the
/// layout has alpha. Integer arithmetic only: the result is the same everywhere.
struct ImageAccumulator {
  /// The most that squares of 255 · 255 can be added up in 32 bits without overflow.
  static let largestFactor = 256

  let sourceWidth: Int
  let sourceHeight: Int
  let factor: Int
  let layout: SampleLayout
  /// Bytes or sums a pixel: gray or R, G, B, then alpha if the layout has it.
  let channels: Int
  let width: Int
  let height: Int

  /// With factor 1, the samples; otherwise empty.
  var samples: [UInt8] = []
  /// With a larger factor, what each square lacks to white, or with alpha the sums of colour times alpha and of alpha.
  var sums: [UInt32] = []
  private var line: [UInt8]

  var isColor: Bool { channels >= 3 }

  init(width: Int, height: Int, factor: Int, layout: SampleLayout, color: Bool) {
    sourceWidth = width
    sourceHeight = height
    self.factor = factor
    self.layout = layout
    channels = (color ? 3 : 1) + (layout.hasAlpha ? 1 : 0)
    self.width = (width + factor - 1) / factor
    self.height = (height + factor - 1) / factor
    line = [UInt8](repeating: 0, count: width * channels)
    if factor == 1 {
      samples = [UInt8](repeating: layout.hasAlpha ? 0 : 255, count: width * height * channels)
    } else {
      sums = [UInt32](repeating: 0, count: self.width * self.height * channels)
    }
  }

  /// The largest factor that leaves the longer side at `target` pixels or more; 1 without a target.
  static func factor(width: Int, height: Int, target: Int?) -> Int {
    guard let target, target > 0 else { return 1 }
    return min(largestFactor, max(1, max(width, height) / target))
  }

  /// Bytes that an accumulator and its result take.
  static func memory(width: Int, height: Int, factor: Int, hasAlpha: Bool, color: Bool) -> Int {
    let cells = ((width + factor - 1) / factor) * ((height + factor - 1) / factor)
    let channels = (color ? 3 : 1) + (hasAlpha ? 1 : 0)
    if factor == 1 { return cells * channels + (hasAlpha ? cells * (color ? 3 : 1) : 0) + width * channels }
    return cells * channels * 4 + cells * (color ? 3 : 1) + width * channels
  }

  /// Adds pixels of one stored row: `count` of them from column `x` on, `step` columns apart, in the accumulator's layout.
  /// What lies outside of the image is ignored.
  mutating func add(
    _ row: UnsafeBufferPointer<UInt8>, y: Int, x: Int = 0, step: Int = 1, count: Int
  ) {
    guard y >= 0, y < sourceHeight, x >= 0, x < sourceWidth, step > 0, count > 0 else { return }
    let count = min(count, (sourceWidth - x + step - 1) / step, row.count / layout.channels)
    guard count > 0 else { return }
    // In place access to `line` beside the other properties needs it moved out; it is moved back, not copied.
    var converted: [UInt8] = []
    swap(&converted, &line)
    converted.withUnsafeMutableBufferPointer { target in
      layout.convert(row, into: target, count: count, color: isColor)
      let source = UnsafeBufferPointer(target)
      if factor == 1 {
        store(source, y: y, x: x, step: step, count: count)
      } else if layout.hasAlpha {
        sumWeighted(source, y: y, x: x, step: step, count: count)
      } else {
        sum(source, y: y, x: x, step: step, count: count)
      }
    }
    swap(&converted, &line)
  }

  private mutating func store(_ row: UnsafeBufferPointer<UInt8>, y: Int, x: Int, step: Int, count: Int) {
    let channels = channels
    let start = (y * width + x) * channels
    samples.withUnsafeMutableBufferPointer { target in
      if step == 1 {
        _ = UnsafeMutableBufferPointer(rebasing: target[start..<start + count * channels])
          .update(fromContentsOf: row[0..<count * channels])
        return
      }
      for pixel in 0..<count {
        for channel in 0..<channels {
          target[start &+ pixel &* step &* channels &+ channel] = row[pixel &* channels &+ channel]
        }
      }
    }
  }

  private mutating func sum(_ row: UnsafeBufferPointer<UInt8>, y: Int, x: Int, step: Int, count: Int) {
    let channels = channels
    let factor = factor
    let start = y / factor * width
    sums.withUnsafeMutableBufferPointer { sums in
      if channels == 1, step == 1, x == 0 {
        var pixel = 0
        var cell = start
        while pixel < count {
          let end = min(pixel &+ factor, count)
          var lack: UInt32 = 0
          while pixel < end {
            lack &+= UInt32(255 &- row[pixel])
            pixel &+= 1
          }
          sums[cell] &+= lack
          cell &+= 1
        }
        return
      }
      for pixel in 0..<count {
        let cell = (start &+ (x &+ pixel &* step) / factor) &* channels
        for channel in 0..<channels {
          sums[cell &+ channel] &+= UInt32(255 &- row[pixel &* channels &+ channel])
        }
      }
    }
  }

  private mutating func sumWeighted(_ row: UnsafeBufferPointer<UInt8>, y: Int, x: Int, step: Int, count: Int) {
    let channels = channels
    let factor = factor
    let alphaChannel = channels - 1
    let premultiplied = layout == .premultipliedRGBA
    let start = y / factor * width
    sums.withUnsafeMutableBufferPointer { sums in
      for pixel in 0..<count {
        let cell = (start &+ (x &+ pixel &* step) / factor) &* channels
        let alpha = UInt32(row[pixel &* channels &+ alphaChannel])
        let weight = premultiplied ? 255 : alpha
        for channel in 0..<alphaChannel {
          sums[cell &+ channel] &+= UInt32(row[pixel &* channels &+ channel]) &* weight
        }
        sums[cell &+ alphaChannel] &+= alpha
      }
    }
  }
}
