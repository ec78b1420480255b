/// Turns evidence into confidence.
///
/// Both kinds of evidence are put on one scale, nats above what unrelated pictures reach: 0 is the point of indifference.
/// The more pictures an index has, the better its best unrelated one looks, so the scale shifts with the logarithm of the
/// number of pictures.
struct Calibration: Sendable {
  private let shift: Double

  /// Nats of geometric evidence at which a match in an index of 1 000 pictures is as likely right as wrong.
  private static let neededLocal = 15.5
  /// Bits of 256 at which the code alone is.
  private static let neededWhole = 61.0
  /// Nats a bit nearer than that is worth.
  private static let natsPerBit = 0.35
  /// Nats that make confidence e times more certain.
  private static let softness = 2.5

  init(indexSize: Int) {
    shift = PortableMath.logarithm(Double(max(1, indexSize)) / 1000)
  }

  func local(_ found: Verification) -> Double { found.evidence - Self.neededLocal - max(0, shift) }

  func whole(distance: Int, query: QueryFeatures, stored: PictureFeatures) -> Double {
    (Self.neededWhole - Double(distance)) * Self.natsPerBit - max(0, shift)
  }

  /// Either kind alone can decide.
  func confidence(local: Double?, whole: Double?) -> Double {
    let best = max(local ?? -.infinity, whole ?? -.infinity)
    return 1 / (1 + PortableMath.exponential(-max(-30, min(30, best / Self.softness))))
  }
}
