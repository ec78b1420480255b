import Rasters

/// A small gray version of an image, stored with its features, so that two aligned images can be compared everywhere.
///
/// About ``mostPixels`` pixels in the image's aspect ratio (46 × 34 for 4 : 3), stored as an image of a quarter of the
/// width and height, and the difference to it in four bits per pixel, with finer steps near zero. The error is below
/// two gray levels in smooth areas, and below a tenth of the step at an edge.
package struct Miniature: Sendable, Equatable {
  /// The first stored byte; incremented when the format changes.
  package static let version: UInt8 = 1
  /// Length of the stored form, the same for every image.
  package static let byteCount = 912
  /// Maximum number of pixels of a miniature.
  static let mostPixels = 1560
  private static let mostSide = 255
  /// Pixels of the miniature per pixel of the coarse image, on each axis.
  private static let step = 4
  private static let headerLength = 4

  package let width: Int
  package let height: Int
  /// `width * height` gray values.
  package let pixels: [UInt8]

  /// Shrinks a working image.
  ///
  /// - Returns: `nil` for an empty plane.
  init?(of plane: Plane) {
    guard plane.width > 0, plane.height > 0 else { return nil }
    let size = Self.size(width: plane.width, height: plane.height)
    let whole = PixelRect(x: 0, y: 0, width: plane.width, height: plane.height)
    guard let values = Resampler.scale(plane, area: whole, width: size.width, height: size.height) else { return nil }
    self.init(width: size.width, height: size.height, values: values)
  }

  /// Quantizes the values, so that a miniature is the same before and after it was stored.
  private init(width: Int, height: Int, values: [Float]) {
    self.width = width
    self.height = height
    let (coarse, details) = Self.encode(values, width, height)
    pixels = Self.decode(coarse, details, width, height)
    stored = Self.packed(width, height, coarse, details)
  }

  /// The stored form: version, width, height, 0, the coarse image, then two pixels per byte, the first in the low bits;
  /// the rest is 0.
  package var bytes: [UInt8] { stored }
  private let stored: [UInt8]

  /// Reads the stored form.
  ///
  /// - Returns: `nil` for bytes that ``bytes`` cannot return.
  package init?(bytes: some Collection<UInt8>) {
    let all = Array(bytes)
    guard all.count == Self.byteCount, all[0] == Self.version else { return nil }
    let (width, height) = (Int(all[1]), Int(all[2]))
    guard width > 0, height > 0, width * height <= Self.mostPixels else { return nil }
    let coarseCount = Self.coarse(width) * Self.coarse(height)
    let detailCount = (width * height + 1) / 2
    guard Self.headerLength + coarseCount + detailCount <= Self.byteCount else { return nil }
    let coarse = Array(all[Self.headerLength..<Self.headerLength + coarseCount])
    let packed = all[Self.headerLength + coarseCount..<Self.headerLength + coarseCount + detailCount]
    let details = packed.flatMap { [$0 & 15, $0 >> 4] }.prefix(width * height)
    self.width = width
    self.height = height
    pixels = Self.decode(coarse, Array(details), width, height)
    stored = all
  }

  /// The size of the miniature of an image.
  static func size(width: Int, height: Int) -> (width: Int, height: Int) {
    let shrink = (Double(mostPixels) / (Double(width) * Double(height))).squareRoot()
    var w = max(1, min(mostSide, Int((Double(width) * shrink).rounded())))
    var h = max(1, min(mostSide, Int((Double(height) * shrink).rounded())))
    while w * h > mostPixels {
      if w >= h { w -= 1 } else { h -= 1 }
    }
    return (w, h)
  }

  private static func coarse(_ side: Int) -> Int { (side + step - 1) / step }

  private static func encode(_ values: [Float], _ width: Int, _ height: Int) -> (coarse: [UInt8], details: [UInt8]) {
    let (columns, rows) = (coarse(width), coarse(height))
    var coarse = [UInt8](repeating: 0, count: columns * rows)
    for r in 0..<rows {
      for c in 0..<columns {
        var sum: Float = 0
        var n: Float = 0
        for y in step * r..<min(height, step * (r + 1)) {
          for x in step * c..<min(width, step * (c + 1)) {
            sum += values[y * width + x]
            n += 1
          }
        }
        coarse[r * columns + c] = gray(sum / n)
      }
    }
    let expected = enlarged(coarse, width, height)
    let details = values.indices.map { nearest(values[$0] - Float(expected[$0])) }
    return (coarse, details)
  }

  private static func decode(_ coarse: [UInt8], _ details: [UInt8], _ width: Int, _ height: Int) -> [UInt8] {
    let expected = enlarged(coarse, width, height)
    return expected.indices.map { UInt8(max(0, min(255, expected[$0] + levels[Int(details[$0])]))) }
  }

  private static func packed(_ width: Int, _ height: Int, _ coarse: [UInt8], _ details: [UInt8]) -> [UInt8] {
    var all = [version, UInt8(truncatingIfNeeded: width), UInt8(truncatingIfNeeded: height), 0] + coarse
    for i in stride(from: 0, to: details.count, by: 2) {
      all.append(details[i] | (i + 1 < details.count ? details[i + 1] << 4 : 0))
    }
    return all + repeatElement(0, count: max(0, byteCount - all.count))
  }

  /// The coarse image at full size: bilinear interpolation in integers.
  private static func enlarged(_ coarse: [UInt8], _ width: Int, _ height: Int) -> [Int] {
    let (columns, rows) = (Self.coarse(width), Self.coarse(height))
    // Eighths of a coarse pixel: the middle of pixel x is (2 x + 1) / 8 − 1/2.
    func place(_ at: Int, _ count: Int) -> (low: Int, high: Int, share: Int) {
      let eighths = 2 * at + 1 - step
      let base = eighths >> 3
      return (max(0, min(count - 1, base)), max(0, min(count - 1, base + 1)), eighths & 7)
    }
    var all = [Int](repeating: 0, count: width * height)
    for y in 0..<height {
      let v = place(y, rows)
      for x in 0..<width {
        let u = place(x, columns)
        func value(_ r: Int, _ c: Int) -> Int { Int(coarse[r * columns + c]) }
        let upper = value(v.low, u.low) * (8 - u.share) + value(v.low, u.high) * u.share
        let lower = value(v.high, u.low) * (8 - u.share) + value(v.high, u.high) * u.share
        all[y * width + x] = (upper * (8 - v.share) + lower * v.share + 32) >> 6
      }
    }
    return all
  }

  private static func gray(_ value: Float) -> UInt8 { UInt8(max(0, min(255, value.rounded()))) }

  /// The value of each four-bit code, in gray levels.
  private static let levels = [-100, -64, -42, -27, -16, -9, -4, -1, 1, 4, 9, 16, 27, 42, 64, 100]

  private static func nearest(_ difference: Float) -> UInt8 {
    var best = 0
    for k in levels.indices where abs(Float(levels[k]) - difference) < abs(Float(levels[best]) - difference) {
      best = k
    }
    return UInt8(best)
  }
}
