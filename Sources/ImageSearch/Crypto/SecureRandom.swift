import COpenSSL
import Glibc

/// Cryptographically secure random bytes.
package protocol RandomSource: Sendable {
  /// - Throws: ``ImageSearchError/Code/internalFailure`` when the system has no entropy.
  func bytes(_ count: Int) throws -> [UInt8]
}

/// The kernel's generator. OpenSSL's cannot be used while the process exits and frees its state.
package struct SecureRandom: RandomSource {
  package init() {}

  package func bytes(_ count: Int) throws -> [UInt8] {
    var output = [UInt8](repeating: 0, count: max(0, count))
    var filled = 0
    while filled < output.count {
      let got = output.withUnsafeMutableBytes { getrandom($0.baseAddress?.advanced(by: filled), $0.count - filled, 0) }
      if got < 0, errno == EINTR { continue }
      guard got > 0 else {
        throw ImageSearchError(
          .internalFailure, "the system has no random bytes to give: \(String(cString: strerror(errno)))")
      }
      filled += got
    }
    return output
  }
}

extension RandomSource {
  /// `2 * byteCount` lower-case hexadecimal digits.
  package func hex(byteCount: Int) throws -> String { Hex.encode(try bytes(byteCount)) }

  /// A number in 0..<1.
  package func fraction() -> Double {
    // Jitter is not worth failing a call for.
    guard let bytes = try? bytes(4) else { return 0.5 }
    let value = bytes.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    return Double(value) / 4_294_967_296
  }
}
