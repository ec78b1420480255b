extension HeaderParser {
  /// Portable pixmaps: ppm(5) of Netpbm, P3 (text) and P6 (binary).
  static let ppm = HeaderParser(
    format: .ppm,
    recognises: { start in
      guard start.starts(with: "P3".utf8) || start.starts(with: "P6".utf8) else { return false }
      let rest = start.dropFirst(2)
      guard let next = rest.first, isSpace(next) || next == hash else { return false }
      // Any text may begin with two such characters: a number or a comment must follow.
      guard let first = rest.first(where: { !isSpace($0) }) else { return true }
      return first == hash || digits.contains(first)
    },
    parse: { reader in
      var offset = 2
      let width = try number(reader, &offset)
      let height = try number(reader, &offset)
      let maximum = try number(reader, &offset)
      guard (1...65_535).contains(maximum) else { throw reader.corrupt("its header says \(maximum) as largest value") }
      return try reader.header(width: width, height: height)
    })

  private static let hash = UInt8(ascii: "#")
  private static let digits = UInt8(ascii: "0")...UInt8(ascii: "9")

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

  /// Reads the next number after spaces and comments; a space ends it.
  private static func number(_ reader: HeaderReader, _ offset: inout Int) throws -> Int {
    var value: Int?
    var inComment = false
    while true {
      try reader.step()
      let byte = try reader.needed(reader.byte(at: offset))
      offset += 1
      if inComment {
        inComment = byte != 0x0A && byte != 0x0D
      } else if digits.contains(byte) {
        let sum = (value ?? 0) * 10 + Int(byte - digits.lowerBound)
        guard sum <= Int32.max else { throw reader.corrupt("a number in its header is too large") }
        value = sum
      } else if byte == hash {
        inComment = true
      } else {
        guard isSpace(byte) else { throw reader.corrupt("its header contains something else than numbers") }
        if let value { return value }
      }
    }
  }
}
