/// Lower-case hexadecimal, the form of all signatures here.
package enum Hex {
  private static let digits = Array("0123456789abcdef".utf8)

  package static func encode(_ bytes: [UInt8]) -> String {
    String(unsafeUninitializedCapacity: 2 * bytes.count) { buffer in
      for (i, byte) in bytes.enumerated() {
        buffer[2 * i] = digits[Int(byte >> 4)]
        buffer[2 * i + 1] = digits[Int(byte & 15)]
      }
      return 2 * bytes.count
    }
  }

  /// The value of a digit of either case.
  package static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - 48
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - 87
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - 55
    default: nil
    }
  }
}
