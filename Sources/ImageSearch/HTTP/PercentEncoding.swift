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

  /// The unreserved characters of RFC 3986 below 64 and from 64 on, a bit each.
  private static let unreserved: (low: UInt64, high: UInt64) = {
    var bits: (low: UInt64, high: UInt64) = (0, 0)
    for byte in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8 {
      if byte < 64 { bits.low |= 1 << byte } else { bits.high |= 1 << (byte - 64) }
    }
    return bits
  }()

  private static func encode(_ text: String, spaceAsPlus: Bool) -> String {
    let (low, high) = unreserved
    func isPlain(_ byte: UInt8) -> Bool { byte < 128 && (byte < 64 ? low >> byte : high >> (byte - 64)) & 1 != 0 }
    let escapes = text.utf8.count { !isPlain($0) }
    guard escapes > 0 else { return text }
    return String(unsafeUninitializedCapacity: text.utf8.count + 2 * escapes) { output in
      var end = 0
      for byte in text.utf8 {
        if isPlain(byte) {
          output[end] = byte
        } else if byte == UInt8(ascii: " "), spaceAsPlus {
          output[end] = UInt8(ascii: "+")
        } else {
          output[end] = UInt8(ascii: "%")
          output[end + 1] = hex(byte >> 4)
          output[end + 2] = hex(byte & 15)
          end += 2
        }
        end += 1
      }
      return end
    }
  }

  private static func hex(_ digit: UInt8) -> UInt8 { digit < 10 ? 48 + digit : 55 + digit }
}
