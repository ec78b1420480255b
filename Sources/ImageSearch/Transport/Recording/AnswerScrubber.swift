/// Takes out of an answer what its own names call a credential: a grant for an upload holds a key and a signature that are no
/// secret of ours to look for, and an error about a signature quotes the text that was signed.
enum AnswerScrubber {
  static func scrub(_ body: [UInt8]) -> [UInt8] {
    // Some servers begin with a byte order mark.
    let text = body.starts(with: [0xEF, 0xBB, 0xBF]) ? body.dropFirst(3) : body[...]
    return switch text.first(where: { $0 > 32 }) {
    case UInt8(ascii: "{"), UInt8(ascii: "["): json(body)
    case UInt8(ascii: "<"): xml(body)
    default: body
    }
  }

  /// Walks over the strings of a JSON text; everything else is copied as it is.
  private static func json(_ body: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(body.count)
    var isSensitive = false
    var i = 0
    while i < body.count {
      let byte = body[i]
      guard byte == UInt8(ascii: "\"") else {
        output.append(byte)
        // The value after a name ends here, or never was a string.
        if byte > 32, byte != UInt8(ascii: ":") { isSensitive = false }
        i += 1
        continue
      }
      let end = endOfString(body, from: i + 1)
      let content = body[(i + 1)..<end]
      let next = body[min(end + 1, body.count)...].first { $0 > 32 }
      if next == UInt8(ascii: ":") {
        output.append(contentsOf: body[i...min(end, body.count - 1)])
        isSensitive = ExchangeRedaction.isSensitive(String(decoding: content, as: UTF8.self))
      } else {
        output.append(byte)
        output.append(contentsOf: isSensitive ? Array(ExchangeRedaction.mark.utf8) : withoutSignedText(Array(content)))
        if end < body.count { output.append(UInt8(ascii: "\"")) }
        isSensitive = false
      }
      i = end + 1
    }
    return output
  }

  private static func endOfString(_ body: [UInt8], from start: Int) -> Int {
    var i = start
    while i < body.count, body[i] != UInt8(ascii: "\"") { i += body[i] == UInt8(ascii: "\\") ? 2 : 1 }
    return min(i, body.count)
  }

  private static func withoutSignedText(_ content: [UInt8]) -> [UInt8] {
    let lower = content.map { (65...90).contains($0) ? $0 + 32 : $0 }
    guard let place = lower.place(of: Array("string to sign".utf8)) else { return content }
    return content[..<place] + Array(ExchangeRedaction.mark.utf8)
  }

  /// The texts of elements whose name is sensitive; the buckets' errors are flat.
  private static func xml(_ body: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    var i = 0
    while i < body.count {
      guard body[i] == UInt8(ascii: "<"), let end = body[i...].firstIndex(of: UInt8(ascii: ">")) else {
        output.append(body[i])
        i += 1
        continue
      }
      output.append(contentsOf: body[i...end])
      let name = String(decoding: body[(i + 1)..<end], as: UTF8.self)
      i = end + 1
      guard !name.hasPrefix("/"), ExchangeRedaction.isSensitive(name) else { continue }
      output.append(contentsOf: ExchangeRedaction.mark.utf8)
      i = body[i...].firstIndex(of: UInt8(ascii: "<")) ?? body.count
    }
    return output
  }
}
