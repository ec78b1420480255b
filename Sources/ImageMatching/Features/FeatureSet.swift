/// Local features of one image (or of its mirror image), as separate columns of equal length.
package struct FeatureSet: Sendable, Equatable {
  /// Size of the working image that positions refer to, in pixels.
  package let width: Float
  package let height: Float
  /// Position in working pixels, 0 at the left or upper edge of the first pixel.
  package internal(set) var x: [Float] = []
  package internal(set) var y: [Float] = []
  /// Direction as a share of a full turn, 0..<1.
  package internal(set) var angle: [Float] = []
  /// Size: standard deviation in working pixels.
  package internal(set) var sigma: [Float] = []
  /// 64 bits of the descriptor; the high ``keyBits`` are the key of its cell.
  package internal(set) var signatures: [UInt64] = []
  /// For a query: how far each of the ``keyBits`` bits is from flipping, highest bit first, `keyBits` values a feature.
  /// Empty for stored features.
  package internal(set) var keyMargins: [Float] = []

  /// High bits of a signature that name its cell.
  package static let keyBits = 24

  package var count: Int { signatures.count }

  init(width: Float, height: Float) {
    self.width = width
    self.height = height
  }

  /// The cell key of a signature.
  package static func key(of signature: UInt64) -> UInt32 { UInt32(signature >> UInt64(64 - keyBits)) }
}
