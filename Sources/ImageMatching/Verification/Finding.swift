/// A verified stored image with everything that a ``Jury`` needs to judge it. It can be encoded, so that the findings of several indexes are
/// judged together.
package struct Finding: Sendable {
  let look: Look
  /// Whether the image differs from the query in its detail, see ``DetailAgreement``; `nil` when that is not known.
  package var differsInDetail: Bool?
  /// Hash of the stored features, which identifies them and breaks ties between findings.
  let fingerprint: UInt64
  /// The stored features; `nil` where no verdict needs them.
  let features: ImageFeatures?

  package init(_ look: Look, _ features: ImageFeatures) {
    self.init(look, fingerprint: features.fingerprint, features)
  }

  init(_ look: Look, fingerprint: UInt64, _ features: ImageFeatures?) {
    self.look = look
    self.fingerprint = fingerprint
    self.features = features
  }

  /// The same without the stored features.
  var withoutFeatures: Finding {
    var other = Finding(look, fingerprint: fingerprint, nil)
    other.differsInDetail = differsInDetail
    return other
  }

  /// Whether it can be a match. A verdict never raises the confidence.
  package var mayBeAccepted: Bool { look.found.confidence >= ImageMatch.accepted }

  /// Evidence against agreement by chance in nats; `nil` when the images were not compared.
  var evidence: Double? { look.comparison?.evidence }
}

extension ImageFeatures {
  /// FNV-1a hash of the features: independent of where they are stored, with rare collisions.
  fileprivate var fingerprint: UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    func add(_ word: UInt64) { hash = (hash ^ word) &* 0x100_0000_01b3 }
    for k in 0..<4 { add(globalCode.words[k]) }
    for signature in signatures { add(signature) }
    for frame in frames { add(UInt64(frame.rawValue)) }
    return hash
  }
}
