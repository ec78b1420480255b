import Rasters

/// Accepts decoded rows in any order and accumulates an image reduced by a whole factor, so that a large image is never
/// in memory as a whole.
///
/// Every pixel of the result is the mean of a square of `factor` by `factor` stored pixels, or of fewer at the right
/// and the bottom edge. Transparency is kept until ``finish(pace:)``. Missing pixels are white, or transparent if the
/// layout has alpha. Integer arithmetic only: the result is the same everywhere.
final class ImageAccumulator {
  /// The largest factor for which sums of 255 · 255 fit in 32 bits.
  static let largestFactor = 256

  let sourceWidth: Int
  let sourceHeight: Int
  let factor: Int
  let layout: SampleLayout
  /// Bytes or sums per pixel: gray or R, G, B, then alpha if the layout has it.
  let channels: Int
  let width: Int
  let height: Int

  /// With factor 1, the samples; otherwise empty.
  let samples: LargeBuffer<UInt8>
  /// With a larger factor, the difference of each square from white, or with alpha the sums of colour times alpha and
  /// of alpha.
  let sums: LargeBuffer<UInt32>
  private let line: LargeBuffer<UInt8>

  var isColor: Bool { channels >= 3 }

  /// - Throws: ``OutOfPixelMemory``, and what the pace's check throws.
  init(width: Int, height: Int, factor: Int, layout: SampleLayout, color: Bool, pace: Pace) throws {
    sourceWidth = width
    sourceHeight = height
    self.factor = factor
    self.layout = layout
    channels = (color ? 3 : 1) + (layout.hasAlpha ? 1 : 0)
    self.width = (width + factor - 1) / factor
    self.height = (height + factor - 1) / factor
    line = try LargeBuffer(count: width * channels)
    samples = try LargeBuffer(count: factor == 1 ? width * height * channels : 0)
    sums = try LargeBuffer(count: factor == 1 ? 0 : self.width * self.height * channels)
    if !layout.hasAlpha, factor == 1 {
      // Row by row, because the system provides the pages only now.
      let rowBytes = width * channels
      for y in 0..<height {
        UnsafeMutableBufferPointer(rebasing: samples.elements[y * rowBytes..<(y + 1) * rowBytes]).update(repeating: 255)
        try pace.spend(width / 4)
      }
    }
  }

  /// The largest factor that leaves the longer side at `target` pixels or more; 1 without a target.
  static func factor(width: Int, height: Int, target: Int?) -> Int {
    guard let target, target > 0 else { return 1 }
    return min(largestFactor, max(1, max(width, height) / target))
  }

  /// Memory of an accumulator and its result in bytes.
  static func memory(width: Int, height: Int, factor: Int, hasAlpha: Bool, color: Bool) -> Int {
    let cells = ((width + factor - 1) / factor) * ((height + factor - 1) / factor)
    let channels = (color ? 3 : 1) + (hasAlpha ? 1 : 0)
    if factor == 1 { return cells * channels + (hasAlpha ? cells * (color ? 3 : 1) : 0) + width * channels }
    return cells * channels * 4 + cells * (color ? 3 : 1) + width * channels
  }

  /// The destination to which a whole row can be decoded directly if it needs no conversion: `width * channels` bytes.
  func place(ofRow y: Int) -> UnsafeMutablePointer<UInt8>? {
    guard factor == 1, layout.isKept(color: isColor), y >= 0, y < sourceHeight else { return nil }
    return samples.elements.baseAddress.map { $0 + y * width * channels }
  }

  /// Adds pixels of one stored row: `count` of them from column `x` on, `step` columns apart, in the accumulator's layout.
  /// Pixels outside the image are ignored.
  func add(_ row: UnsafeBufferPointer<UInt8>, y: Int, x: Int = 0, step: Int = 1, count: Int) {
    guard y >= 0, y < sourceHeight, x >= 0, x < sourceWidth, step > 0, count > 0 else { return }
    let count = min(count, (sourceWidth - x + step - 1) / step, row.count / layout.channels)
    guard count > 0 else { return }
    var source = row
    if !layout.isKept(color: isColor) {
      layout.convert(row, into: line.elements, count: count, color: isColor)
      source = UnsafeBufferPointer(line.elements)
    }
    if factor == 1 {
      store(source, y: y, x: x, step: step, count: count)
    } else if layout.hasAlpha {
      sumWeighted(source, y: y, x: x, step: step, count: count)
    } else {
      sum(source, y: y, x: x, step: step, count: count)
    }
  }

  private func store(_ row: UnsafeBufferPointer<UInt8>, y: Int, x: Int, step: Int, count: Int) {
    let channels = channels
    let start = (y * width + x) * channels
    let target = samples.elements
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

  private func sum(_ row: UnsafeBufferPointer<UInt8>, y: Int, x: Int, step: Int, count: Int) {
    let channels = channels
    let factor = factor
    let start = y / factor * width
    let sums = sums.elements
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

  private func sumWeighted(_ row: UnsafeBufferPointer<UInt8>, y: Int, x: Int, step: Int, count: Int) {
    let channels = channels
    let factor = factor
    let alphaChannel = channels - 1
    let premultiplied = layout == .premultipliedRGBA
    let start = y / factor * width
    let sums = sums.elements
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
