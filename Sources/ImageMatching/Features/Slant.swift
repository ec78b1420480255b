import CMatchingKernels
import Rasters

/// An image stretched along one of its diagonals and compressed along the other, as the shear of a copy is undone up to a rotation. The image
/// becomes a parallelogram; its outermost pixels fill the corners, so that its outline is no structure.
///
/// Raw values are those in an encoded query (`EncodedLook`), where 1 is a part.
package enum Slant: UInt8, Sendable, Hashable {
  case falling = 2
  case rising = 3

  /// Off-diagonal element of the matrix whose diagonal is 1. The ratio of both factors is 2, which brings copies sheared by 0.4 to 0.8 in any
  /// direction within the tolerance of the descriptors.
  private var skew: Double { self == .falling ? 1.0 / 3 : -1.0 / 3 }

  /// Size of the content that an image is scaled to, with which the working image is not larger than that of a stored image.
  func contentSize(_ image: PixelRect) -> (width: Int, height: Int) {
    let ratio = Double(min(image.width, image.height)) / Double(max(1, image.width, image.height))
    let longest = Double(FeatureExtractor.workingSide) / (1 + abs(skew) * ratio)
    return Resampler.size(width: image.width, height: image.height, longest: Int(longest))
  }

  /// Size of the working image for content of that size.
  func size(_ content: (width: Int, height: Int)) -> (width: Int, height: Int) {
    let skew = abs(skew)
    return (
      content.width + Int((skew * Double(content.height)).rounded()),
      content.height + Int((skew * Double(content.width)).rounded())
    )
  }

  /// Size of the content of a working image of that size.
  func content(_ width: Double, _ height: Double) -> (Double, Double) {
    let skew = abs(skew)
    let rest = 1 - skew * skew
    return ((width - skew * height) / rest, (height - skew * width) / rest)
  }

  /// How many times larger the working image is than its content there.
  func emptiness(_ width: Double, _ height: Double) -> Double {
    let (w, h) = content(width, height)
    return width * height / max(1, w * h * (1 - skew * skew))
  }

  /// From the content, which has that size, to the working image.
  func map(_ width: Double, _ height: Double) -> AffineMap {
    AffineMap(m11: 1, m12: skew, m13: max(0, -skew * height), m21: skew, m22: 1, m23: max(0, -skew * width))
  }

  /// - Returns: `nil` for an image of less than 2 × 2 pixels.
  func applied(to plane: Plane) -> Plane? {
    let (width, height) = size((plane.width, plane.height))
    guard min(plane.width, plane.height) >= 2,
      let back = map(Double(plane.width), Double(plane.height)).inverse
    else { return nil }
    let longest = Int(matching_longest_line)
    let values = [Float](unsafeUninitializedCapacity: width * height) { target, count in
      plane.values.withUnsafeBufferPointer { source in
        for y in 0..<height {
          for x in stride(from: 0, to: width, by: longest) {
            let p = back.apply(Double(x) + 0.5, Double(y) + 0.5)
            matching_sample_line(
              source.baseAddress, plane.width, plane.height, Float(p.x - 0.5), Float(p.y - 0.5), Float(back.m11),
              Float(back.m21), min(longest, width - x), target.baseAddress.map { $0 + y * width + x })
          }
        }
      }
      count = width * height
    }
    return Plane(unchecked: width, height, values)
  }
}
