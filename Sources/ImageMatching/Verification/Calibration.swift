/// Turns evidence into confidence.
///
/// Both kinds of evidence are in nats and add up. The more images an index has, the better its best unrelated one looks, so
/// what is needed rises with the logarithm of the number of images.
struct Calibration: Sendable {
  private let needed: Double

  /// Nats at which a match in an index of 1 000 images is as likely right as wrong.
  private static let neededAtThousand = 7.0
  /// Bits of 256 from which on codes say nothing …
  private static let wholeDistance = 62.0
  /// … and what each bit nearer than that is worth in nats. Alone a code decides up to a distance of 42.
  private static let natsPerBit = 0.35
  /// Nats that make a match e times more certain: more than 1, since features are not as independent as they are taken to be.
  private static let softness = 1.8

  init(indexSize: Int) {
    needed = Self.neededAtThousand + max(0, PortableMath.logarithm(Double(max(1, indexSize)) / 1000))
  }

  /// The evidence of both kinds, in nats.
  ///
  /// - Parameters:
  ///   - local: Nats of geometric evidence, see ``Evidence``; `nil` when no map was found.
  ///   - distance: Differing bits of the global codes, `nil` when they are far.
  ///   - reliability: How much the query's code says, 0...1.
  func evidence(local: Double?, distance: Int?, reliability: Double) -> Double {
    let whole = distance.map { max(0, Self.wholeDistance - Double($0)) * Self.natsPerBit * reliability } ?? 0
    return (local ?? 0) + whole
  }

  /// How certain it is that an agreement with so much evidence is no chance, 0...1.
  func confidence(_ evidence: Double) -> Double {
    let above = (evidence - needed) / Self.softness
    return 1 / (1 + PortableMath.exponential(-max(-30, min(30, above))))
  }
}
