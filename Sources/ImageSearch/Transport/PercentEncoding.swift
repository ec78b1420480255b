/// Percent-encoding of query parts.
package enum PercentEncoding {
  /// RFC 3986: all but `A–Z a–z 0–9 - . _ ~`, upper-case hexadecimal.
  package static func encode(_ text: String) -> String { encode(text, spaceAsPlus: false) }

  /// `application/x-www-form-urlencoded` as Python's `quote_plus` writes it: a space becomes `+`.
  package static func encodeForm(_ text: String) -> String { encode(text, spaceAsPlus: true) }

  /// `name=value` pairs joined by `&`, in the given order.
  package static func query(_ pairs: [(name: String, value: String)], form: Bool = false) -> String {
    pairs.map { encode($0.name, spaceAsPlus: form) + "=" + encode($0.value, spaceAsPlus: form) }.joined(separator: "&")
  }

  /// Bit sets of the unreserved characters of RFC 3986, below 64 and from 64 on.
  private static let unreserved: (low: UInt64, high: UInt64) = {
    var bits: (low: UInt64, high: UInt64) = (0, 0)
    for byte in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8 {
      if byte < 64 { bits.low |= 1 << byte } else { bits.high |= 1 << (byte - 64) }
    }
    return bits
  }()

  private static func encode(_ text: String, spaceAsPlus: Bool) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count + text.utf8.count / 4)
    append(text, spaceAsPlus: spaceAsPlus, to: &bytes)
    // Most texts have nothing to encode.
    return bytes.count == text.utf8.count && !spaceAsPlus ? text : String(decoding: bytes, as: UTF8.self)
  }

  /// Appends the encoded text.
  package static func append(_ text: String, spaceAsPlus: Bool, to bytes: inout [UInt8]) {
    var text = text
    text.withUTF8 { append($0, spaceAsPlus: spaceAsPlus, to: &bytes) }
  }

  private static func append(_ text: UnsafeBufferPointer<UInt8>, spaceAsPlus: Bool, to bytes: inout [UInt8]) {
    let (low, high) = unreserved
    var start = 0
    for (index, byte) in text.enumerated() {
      if byte < 128, (byte < 64 ? low >> byte : high >> (byte - 64)) & 1 != 0 { continue }
      bytes.append(contentsOf: text[start..<index])
      start = index + 1
      if byte == UInt8(ascii: " "), spaceAsPlus {
        bytes.append(UInt8(ascii: "+"))
      } else {
        bytes.append(UInt8(ascii: "%"))
        bytes.append(hex(byte >> 4))
        bytes.append(hex(byte & 15))
      }
    }
    bytes.append(contentsOf: text[start...])
  }

  private static func hex(_ digit: UInt8) -> UInt8 { digit < 10 ? 48 + digit : 55 + digit }

  /// `%XX`.
  static func escape(_ byte: UInt8) -> [UInt8] { [UInt8(ascii: "%"), hex(byte >> 4), hex(byte & 15)] }

  /// Decodes the escapes; a percent sign that does not begin one stays.
  static func decode(_ text: ArraySlice<UInt8>) -> [UInt8] {
    func digit(_ i: Int) -> UInt8? {
      guard i < text.endIndex else { return nil }
      switch text[i] {
      case 48...57: return text[i] - 48
      case 65...70: return text[i] - 55
      case 97...102: return text[i] - 87
      default: return nil
      }
    }
    var bytes: [UInt8] = []
    var i = text.startIndex
    while i < text.endIndex {
      if text[i] == UInt8(ascii: "%"), let high = digit(i + 1), let low = digit(i + 2) {
        bytes.append(high << 4 | low)
        i += 3
      } else {
        bytes.append(text[i])
        i += 1
      }
    }
    return bytes
  }
}
