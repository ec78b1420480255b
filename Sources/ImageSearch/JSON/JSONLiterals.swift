/// Strings with escapes (RFC 8259, section 7).
enum JSONEscapes {
  /// Decodes a string that the parser has checked. A lone surrogate becomes U+FFFD.
  static func resolve(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count)
    var i = 0
    while i < bytes.count {
      let byte = bytes[i]
      guard byte == UInt8(ascii: "\\"), i + 1 < bytes.count else {
        text.append(byte)
        i += 1
        continue
      }
      let letter = bytes[i + 1]
      i += 2
      guard letter == UInt8(ascii: "u") else {
        text.append(simple(letter))
        continue
      }
      var value = unit(bytes, i) ?? 0xFFFD
      i += 4
      if (0xD800...0xDBFF).contains(value), i + 1 < bytes.count, bytes[i] == UInt8(ascii: "\\"),
        bytes[i + 1] == UInt8(ascii: "u"), let low = unit(bytes, i + 2), (0xDC00...0xDFFF).contains(low)
      {
        value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
        i += 6
      }
      text.append(contentsOf: String(Unicode.Scalar(value) ?? "\u{FFFD}").utf8)
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static func simple(_ letter: UInt8) -> UInt8 {
    switch letter {
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "f"): 0x0C
    case UInt8(ascii: "n"): 0x0A
    case UInt8(ascii: "r"): 0x0D
    case UInt8(ascii: "t"): 0x09
    default: letter
    }
  }

  /// A UTF-16 code unit from four hexadecimal digits.
  private static func unit(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> UInt32? {
    guard start + 4 <= bytes.count else { return nil }
    var value: UInt32 = 0
    for i in start..<start + 4 {
      guard let digit = hexDigit(bytes[i]) else { return nil }
      value = value << 4 | UInt32(digit)
    }
    return value
  }

  /// The value of a hexadecimal digit of either case.
  static func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}

/// JSON numbers (RFC 8259, section 6).
enum JSONNumeral {
  /// The 64-bit integer value of a checked number, computed without floating point: `1.20e2` is 120, and
  /// 9223372036854775807.0 is exact. `nil` for other numbers.
  static func wholeNumber(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    var position = 0
    let isNegative = bytes.first == UInt8(ascii: "-")
    if isNegative { position = 1 }
    // Zeros are held back until another digit follows: trailing ones only raise the exponent.
    var magnitude: UInt64 = 0
    var zeros = 0
    var fractionDigits = 0
    var isFraction = false
    digits: while position < bytes.count {
      let byte = bytes[position]
      switch byte {
      case UInt8(ascii: "0"):
        zeros += 1
        if isFraction { fractionDigits += 1 }
      case UInt8(ascii: "1")...UInt8(ascii: "9"):
        guard let shifted = scaled(magnitude, by: zeros + 1) else { return nil }
        let (sum, overflow) = shifted.addingReportingOverflow(UInt64(byte - UInt8(ascii: "0")))
        if overflow { return nil }
        magnitude = sum
        zeros = 0
        if isFraction { fractionDigits += 1 }
      case UInt8(ascii: "."): isFraction = true
      default: break digits
      }
      position += 1
    }
    if magnitude == 0 { return 0 }
    guard let exponent = exponent(bytes, position) else { return nil }
    // Both counts are below the length of the text, the exponent is capped: no overflow.
    let shift = exponent + zeros - fractionDigits
    guard shift >= 0, let value = scaled(magnitude, by: shift) else { return nil }
    if isNegative {
      return value <= UInt64(Int64.max) + 1 ? Int(truncatingIfNeeded: 0 &- value) : nil
    }
    return Int(exactly: value)
  }

  /// The value times a power of ten; `nil` on overflow. Zero stays zero.
  private static func scaled(_ value: UInt64, by exponent: Int) -> UInt64? {
    if value == 0 { return 0 }
    guard exponent <= 19 else { return nil }
    var value = value
    for _ in 0..<exponent {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      if overflow { return nil }
      value = product
    }
    return value
  }

  /// The exponent that begins at `start`, 0 if none does; `nil` when it is beyond any length of a text.
  private static func exponent(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int? {
    guard start < bytes.count else { return 0 }
    var position = start + 1
    guard position < bytes.count else { return nil }
    let isNegative = bytes[position] == UInt8(ascii: "-")
    if isNegative || bytes[position] == UInt8(ascii: "+") { position += 1 }
    var value = 0
    while position < bytes.count {
      value = value * 10 + Int(bytes[position] &- UInt8(ascii: "0"))
      if value > 1 << 40 { return nil }
      position += 1
    }
    return isNegative ? -value : value
  }
}
