/// Mirror images and negatives of what is stored, by exchanging bits.
extension FeatureSet {
  /// The features of the image mirrored left to right.
  var mirrored: FeatureSet {
    var other = self
    other.x = x.map { width - $0 }
    other.angle = angle.map { $0 <= 0.5 ? 0.5 - $0 : 1.5 - $0 }
    other.signatures = signatures.map { $0 ^ DescriptorProjection.mirroring }
    return other
  }

  /// The features of the image's negative.
  var negative: FeatureSet {
    var other = self
    other.angle = angle.map { $0 < 0.5 ? $0 + 0.5 : $0 - 0.5 }
    other.signatures = signatures.map { $0 ^ DescriptorProjection.inverting }
    return other
  }
}

extension GlobalCode {
  /// The code of the negative.
  var negative: GlobalCode { GlobalCode(words: SIMD4(~words[0], ~words[1], ~words[2], ~words[3])) }
}
