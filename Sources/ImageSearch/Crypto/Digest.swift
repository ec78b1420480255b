import COpenSSL

/// The hashes that the providers' signatures use, computed by OpenSSL's libcrypto.
package enum Digest: Sendable {
  case md5
  case sha1
  case sha256

  private var algorithm: OpaquePointer? {
    switch self {
    case .md5: EVP_md5()
    case .sha1: EVP_sha1()
    case .sha256: EVP_sha256()
    }
  }

  /// - Throws: ``ImageSearchError/Code/internalFailure`` when OpenSSL refuses, for instance MD5 in FIPS mode.
  package func hash(_ message: [UInt8]) throws -> [UInt8] {
    var context = try HashContext(self)
    try message.withUnsafeBytes { try context.update($0) }
    return try context.finish()
  }

  /// HMAC (RFC 2104) with a key of any length.
  ///
  /// - Throws: ``ImageSearchError/Code/internalFailure`` when OpenSSL refuses.
  package func hmac(key: Secret, message: [UInt8]) throws -> [UInt8] {
    guard message.count <= Int(Int32.max), key.count <= Int(Int32.max) else {
      throw ImageSearchError(.invalidArgument, "the text to sign is longer than 2 GiB")
    }
    var output = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var length: UInt32 = 0
    var done = false
    try Self.begin()
    defer { ProcessExit.leave() }
    key.withUnsafeBytes { keyBytes in
      done =
        HMAC(algorithm, keyBytes.baseAddress, Int32(keyBytes.count), message, message.count, &output, &length) != nil
    }
    guard done, Int(length) <= output.count else { throw Self.failure("HMAC") }
    output.removeSubrange(Int(length)...)
    return output
  }

  /// Registers a use of OpenSSL, which `exit` waits for; none begins after that.
  fileprivate static func begin() throws {
    guard ProcessExit.enter() else { throw ImageSearchError(.closed, "the process is exiting") }
  }

  fileprivate static func failure(_ what: String) -> ImageSearchError {
    ImageSearchError(.internalFailure, "OpenSSL refuses \(what)")
  }

  /// An incremental hash.
  package struct HashContext: ~Copyable {
    private let context: OpaquePointer

    package init(_ digest: Digest) throws {
      try Digest.begin()
      defer { ProcessExit.leave() }
      guard let context = EVP_MD_CTX_new() else { throw Digest.failure("a hash context") }
      guard EVP_DigestInit_ex(context, digest.algorithm, nil) == 1 else {
        EVP_MD_CTX_free(context)
        throw Digest.failure("\(digest)")
      }
      self.context = context
    }

    deinit {
      guard ProcessExit.enter() else { return }
      EVP_MD_CTX_free(context)
      ProcessExit.leave()
    }

    package mutating func update(_ bytes: UnsafeRawBufferPointer) throws {
      try Digest.begin()
      defer { ProcessExit.leave() }
      guard EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1 else {
        throw Digest.failure("a hash update")
      }
    }

    package mutating func finish() throws -> [UInt8] {
      try Digest.begin()
      defer { ProcessExit.leave() }
      var output = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
      var length: UInt32 = 0
      guard EVP_DigestFinal_ex(context, &output, &length) == 1, Int(length) <= output.count else {
        throw Digest.failure("a hash")
      }
      output.removeSubrange(Int(length)...)
      return output
    }
  }
}

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
    if let reason = output.withUnsafeMutableBytes(Platform.fillWithRandom) {
      throw ImageSearchError(.internalFailure, "the system has no random bytes to give: \(reason)")
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
