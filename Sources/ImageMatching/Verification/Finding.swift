/// A stored image that was looked at for a query, and all that a ``Jury`` must know of it. It can be sent: those of several indexes are judged
/// together.
package struct Finding: Sendable {
  let look: Look
  /// Stands for the stored features in an order of findings.
  let fingerprint: UInt64
  /// What is stored of the image; `nil` where nobody will ask.
  let features: ImageFeatures?

  init(_ look: Look, _ features: ImageFeatures) {
    self.init(look, fingerprint: features.fingerprint, features)
  }

  init(_ look: Look, fingerprint: UInt64, _ features: ImageFeatures?) {
    self.look = look
    self.fingerprint = fingerprint
    self.features = features
  }

  /// The same without the stored features.
  var withoutFeatures: Finding { Finding(look, fingerprint: fingerprint, nil) }

  /// Whether it is a match unless the verdict is against it: no verdict makes it more certain.
  package var mayBeAccepted: Bool { look.found.confidence >= ImageMatch.accepted }

  /// Nats of evidence that the agreement is no chance; `nil` when the images were not compared.
  var evidence: Double? { look.comparison?.evidence }
}

extension ImageFeatures {
  /// The same for the same features, wherever they are stored, and seldom the same for others (FNV-1a).
  fileprivate var fingerprint: UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    func add(_ word: UInt64) { hash = (hash ^ word) &* 0x100_0000_01b3 }
    for k in 0..<4 { add(globalCode.words[k]) }
    for signature in signatures { add(signature) }
    for frame in frames { add(UInt64(frame.rawValue)) }
    return hash
  }
}
