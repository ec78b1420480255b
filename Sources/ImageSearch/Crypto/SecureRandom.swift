import COpenSSL

/// Random bytes from a source that nobody can predict.
package protocol RandomSource: Sendable {
  /// - Throws: ``ImageSearchError/Code/internalFailure`` when the system has no entropy to give.
  func bytes(_ count: Int) throws -> [UInt8]
}

/// OpenSSL's generator.
package struct SecureRandom: RandomSource {
  package init() {}

  package func bytes(_ count: Int) throws -> [UInt8] {
    var output = [UInt8](repeating: 0, count: count)
    guard RAND_bytes(&output, Int32(clamping: count)) == 1 else {
      throw ImageSearchError(.internalFailure, "OpenSSL has no random bytes to give")
    }
    return output
  }
}

extension RandomSource {
  /// `2 * byteCount` lower-case hexadecimal digits.
  package func hex(byteCount: Int) throws -> String { Hex.encode(try bytes(byteCount)) }

  /// A number from 0 up to, not including, 1.
  package func fraction() -> Double {
    // Jitter needs no entropy worth failing a call for.
    guard let bytes = try? bytes(4) else { return 0.5 }
    let value = bytes.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    return Double(value) / 4_294_967_296
  }
}
