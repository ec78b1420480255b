/// Numbers as JSON writes them (RFC 8259, section 6).
enum JSONNumeral {
  /// The whole number within 64 bits that a checked numeral stands for, without a detour over floating point: `1.20e2` is 120,
  /// 9223372036854775807.0 is that and not its neighbour. `nil` for others.
  static func wholeNumber(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    var position = 0
    let isNegative = bytes.first == UInt8(ascii: "-")
    if isNegative { position = 1 }
    // Zeros wait until another digit follows: those at the end only raise the exponent.
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

  /// Times a power of ten; `nil` when it does not fit. Zero stays zero.
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
