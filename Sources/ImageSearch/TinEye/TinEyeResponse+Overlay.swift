/// The overlay of a match: a relative URL whose query holds the affine matrix, its parameters in any order
/// (reference/tineye.md, section 5).
extension TinEyeMatch {
  /// Fills in ``overlayURL`` and ``transform``.
  mutating func resolveOverlay(base: WebAddress) {
    guard let overlay else { return }
    if overlay.hasPrefix("https://") || overlay.hasPrefix("http://") {
      overlayURL = overlay
    } else if overlay.hasPrefix("/") {
      overlayURL = base.origin + overlay
    } else {
      overlayURL = "\(base.text)/\(overlay)"
    }
    transform = Self.matrix(inQueryOf: overlay)
  }

  /// The matrix in the query of an overlay's URL; `nil` unless all six numbers are there and finite.
  static func matrix(inQueryOf url: String) -> AffineMap? {
    guard let mark = url.utf8.firstIndex(of: UInt8(ascii: "?")) else { return nil }
    var values: [Substring: Double] = [:]
    for pair in url[url.utf8.index(after: mark)...].split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1)
      if parts.count == 2, let value = Double(parts[1]), value.isFinite { values[parts[0]] = value }
    }
    guard let m11 = values["m11"], let m12 = values["m12"], let m13 = values["m13"], let m21 = values["m21"],
      let m22 = values["m22"], let m23 = values["m23"]
    else { return nil }
    return AffineMap(m11: m11, m12: m12, m13: m13, m21: m21, m22: m22, m23: m23)
  }
}
