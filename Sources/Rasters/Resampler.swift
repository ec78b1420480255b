import CRasters

/// Scales images: exact area averages when shrinking, Catmull-Rom bicubic when enlarging, each axis separately.
///
/// Implemented here so that features do not depend on the version of an image library.
package enum Resampler {
  /// The maximum side of a target; larger ones are refused.
  package static let longestTarget = 4096

  /// The size with `longest` as its longer side and the same aspect ratio, each side at least 1.
  package static func size(width: Int, height: Int, longest: Int) -> (width: Int, height: Int) {
    guard width > 0, height > 0, longest > 0 else { return (0, 0) }
    let shorter = Int((Double(min(width, height)) * Double(longest) / Double(max(width, height))).rounded())
    let other = max(1, min(longest, shorter))
    return width >= height ? (longest, other) : (other, longest)
  }

  /// - Returns: The image at another size, or `nil` when a side of the image or of the target is 0 or the target is
  ///   larger than ``longestTarget``.
  package static func scale(_ image: GrayImage, width: Int, height: Int) -> Plane? {
    guard image.width > 0, image.height > 0, width > 0, height > 0, max(width, height) <= longestTarget,
      image.width <= 1 << 24, image.height <= 1 << 24
    else { return nil }
    let columns = taps(length: image.width, to: width)
    let rows = taps(length: image.height, to: height)
    var scratch = [Float](repeating: 0, count: image.width)
    let values = [Float](unsafeUninitializedCapacity: width * height) { target, count in
      image.pixels.withUnsafeBufferPointer { source in
        raster_resample(
          source.baseAddress, image.width, columns.taps, columns.weights, width, rows.taps, rows.weights, height,
          &scratch, target.baseAddress)
      }
      count = width * height
    }
    return Plane(unchecked: width, height, values)
  }

  /// - Returns: The part of a plane inside `area`, at another size; `nil` when the area is empty or not inside the plane.
  package static func scale(_ plane: Plane, area: PixelRect, width: Int, height: Int) -> [Float]? {
    guard area.isInside(width: plane.width, height: plane.height), width > 0, height > 0,
      max(width, height) <= longestTarget
    else { return nil }
    let columns = taps(length: area.width, to: width)
    let rows = taps(length: area.height, to: height)
    var scratch = [Float](repeating: 0, count: area.width)
    return [Float](unsafeUninitializedCapacity: width * height) { target, count in
      plane.values.withUnsafeBufferPointer { source in
        raster_resample_plane(
          source.baseAddress.map { $0 + area.y * plane.width + area.x }, plane.width, area.width, columns.taps,
          columns.weights, width, rows.taps, rows.weights, height, &scratch, target.baseAddress)
      }
      count = width * height
    }
  }

  /// Scales red, green and blue.
  ///
  /// - Parameter check: called every few rows; an error that it throws ends the scaling.
  /// - Returns: The image at another size, or `nil` when a side of the image or of the target is 0 or the target is
  ///   larger than ``longestTarget``.
  /// - Throws: ``OutOfPixelMemory``, and the errors of `check`.
  package static func scale(
    _ image: ColorImage, width: Int, height: Int, check: () throws -> Void = {}
  ) throws -> ColorImage? {
    guard image.width > 0, image.height > 0, width > 0, height > 0, max(width, height) <= longestTarget,
      image.width <= 1 << 24, image.height <= 1 << 24
    else { return nil }
    if width == image.width, height == image.height { return image }
    let columns = taps(length: image.width, to: width)
    let rows = taps(length: image.height, to: height)
    var scratch = [Float](repeating: 0, count: 3 * image.width)
    let target = try LargeBuffer<UInt8>(count: 3 * width * height)
    // About a million source pixels at a time.
    let band = max(1, (1 << 20) / image.width * height / image.height)
    for first in stride(from: 0, to: height, by: band) {
      try check()
      image.pixels.withUnsafeBufferPointer { source in
        raster_resample_color(
          source.baseAddress, image.width, columns.taps, columns.weights, width, rows.taps, rows.weights, first,
          min(band, height - first), &scratch, target.elements.baseAddress)
      }
    }
    return ColorImage(width: width, height: height, pixels: PixelBuffer(target))
  }

  /// Shrinks red, green and blue.
  ///
  /// - Returns: The image with its longer side at most `longest` pixels; the image itself if it is small enough.
  /// - Throws: ``OutOfPixelMemory``, and the errors of `check`.
  package static func shrink(
    _ image: ColorImage, longest: Int, check: () throws -> Void = {}
  ) throws -> ColorImage {
    guard longest > 0, max(image.width, image.height) > longest else { return image }
    let size = size(width: image.width, height: image.height, longest: longest)
    return try scale(image, width: size.width, height: size.height, check: check) ?? image
  }

  /// The weights of one axis: `count` outputs over `length` samples.
  static func taps(length: Int, to count: Int) -> (taps: [raster_taps], weights: [Float]) {
    var all: [raster_taps] = []
    var weights: [Float] = []
    all.reserveCapacity(count)
    let step = Double(length) / Double(count)
    for i in 0..<count {
      let offset = UInt32(truncatingIfNeeded: weights.count)
      let start: Int
      let own: [Double]
      if step > 1 {
        (start, own) = areaTaps(low: Double(i) * step, high: Double(i + 1) * step, last: length - 1)
      } else {
        (start, own) = cubicTaps(at: (Double(i) + 0.5) * step - 0.5, last: length - 1)
      }
      let sum = own.reduce(0, +)
      for w in own { weights.append(Float(w / sum)) }
      all.append(
        raster_taps(
          start: UInt32(truncatingIfNeeded: start), count: UInt32(truncatingIfNeeded: own.count), offset: offset))
    }
    return (all, weights)
  }

  /// The overlap of each sample with `low` to `high`.
  private static func areaTaps(low: Double, high: Double, last: Int) -> (start: Int, weights: [Double]) {
    let from = min(last, Int(low))
    let to = min(last, max(from, Int(high.rounded(.up)) - 1))
    var weights: [Double] = []
    for k in from...to {
      weights.append(max(1e-9, min(high, Double(k + 1)) - max(low, Double(k))))
    }
    return (from, weights)
  }

  /// Catmull-Rom weights around a position; samples outside are clamped to the edge.
  private static func cubicTaps(at position: Double, last: Int) -> (start: Int, weights: [Double]) {
    let base = Int(position.rounded(.down))
    let t = position - Double(base)
    let cubic = [
      ((-0.5 * t + 1) * t - 0.5) * t,
      (1.5 * t - 2.5) * t * t + 1,
      ((-1.5 * t + 2) * t + 0.5) * t,
      (0.5 * t - 0.5) * t * t,
    ]
    let from = max(0, min(last, base - 1))
    let to = max(from, min(last, base + 2))
    var weights = [Double](repeating: 0, count: to - from + 1)
    for (k, weight) in cubic.enumerated() {
      weights[max(from, min(to, base - 1 + k)) - from] += weight
    }
    return (from, weights)
  }
}
