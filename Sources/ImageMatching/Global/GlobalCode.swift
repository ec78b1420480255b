/// 256 bits that describe a whole image: the signs of its 16 × 16 lowest frequencies against their median.
///
/// Near copies (recompressed, scaled, blurred, stretched, recoloured) differ in few bits; crops and collages do not match.
/// The same idea as PDQ (ThreatExchange, `pdq/README`), but computed with this library's own gray, scaling and border
/// trimming, so the bits are not interchangeable with PDQ's.
package struct GlobalCode: Sendable, Hashable {
  /// Bits 0–63, 64–127 and so on.
  package let words: SIMD4<UInt64>

  package init(words: SIMD4<UInt64>) { self.words = words }

  package static let bitCount = 256
  /// Bytes of a stored code.
  package static let byteCount = 32

  /// Number of differing bits, 0...256.
  package func distance(to other: GlobalCode) -> Int {
    let x = words ^ other.words
    return x[0].nonzeroBitCount + x[1].nonzeroBitCount + x[2].nonzeroBitCount + x[3].nonzeroBitCount
  }
}
