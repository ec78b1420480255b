/// The overlay of a match: a relative URL whose query holds the affine matrix, its parameters in any order
/// (docs/sources/tineye.md, section 5).
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

  /// The matrix in the query of an overlay's URL; `nil` unless all six numbers are there and finite. Bytes and not characters
  /// are looked at: finding the borders of characters in a hundred overlays takes longer than reading the whole answer.
  static func matrix(inQueryOf url: String) -> AffineMap? {
    var url = url
    return url.withUTF8 { bytes in
      guard let mark = bytes.firstIndex(of: UInt8(ascii: "?")) else { return nil }
      var entries = [Double?](repeating: nil, count: 6)
      var start = mark + 1
      while start < bytes.count {
        let end = bytes[start...].firstIndex(of: UInt8(ascii: "&")) ?? bytes.count
        // `m11=` to `m23=` and at least a digit.
        if end - start > 4, bytes[start] == UInt8(ascii: "m"), bytes[start + 3] == UInt8(ascii: "="),
          let index = index(row: bytes[start + 1], column: bytes[start + 2]),
          let value = Double(String(decoding: bytes[start + 4..<end], as: UTF8.self)), value.isFinite
        {
          entries[index] = value
        }
        start = end + 1
      }
      guard let m11 = entries[0], let m12 = entries[1], let m13 = entries[2], let m21 = entries[3],
        let m22 = entries[4], let m23 = entries[5]
      else { return nil }
      return AffineMap(m11: m11, m12: m12, m13: m13, m21: m21, m22: m22, m23: m23)
    }
  }

  /// The place of an entry, row by row, from the digits that name it.
  private static func index(row: UInt8, column: UInt8) -> Int? {
    let row = Int(row) - Int(UInt8(ascii: "1"))
    let column = Int(column) - Int(UInt8(ascii: "1"))
    return (0..<2).contains(row) && (0..<3).contains(column) ? 3 * row + column : nil
  }
}
