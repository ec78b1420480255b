/// Percent-encoding of query parts.
package enum PercentEncoding {
  private static let hex = Array("0123456789ABCDEF".utf8)

  /// RFC 3986: all but `A–Z a–z 0–9 - . _ ~`, upper-case hexadecimal.
  package static func encode(_ text: String) -> String { encode(text, spaceAsPlus: false) }

  /// `application/x-www-form-urlencoded` as Python's `quote_plus` writes it: a space becomes `+`.
  package static func encodeForm(_ text: String) -> String { encode(text, spaceAsPlus: true) }

  /// `name=value` pairs joined by `&`, in the given order.
  package static func query(_ pairs: [(name: String, value: String)], form: Bool = false) -> String {
    pairs.map { encode($0.name, spaceAsPlus: form) + "=" + encode($0.value, spaceAsPlus: form) }.joined(separator: "&")
  }

  private static func encode(_ text: String, spaceAsPlus: Bool) -> String {
    var output: [UInt8] = []
    output.reserveCapacity(text.utf8.count + 16)
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        output.append(byte)
      case UInt8(ascii: " ") where spaceAsPlus:
        output.append(UInt8(ascii: "+"))
      default:
        output.append(UInt8(ascii: "%"))
        output.append(hex[Int(byte >> 4)])
        output.append(hex[Int(byte & 15)])
      }
    }
    return String(decoding: output, as: UTF8.self)
  }
}
