/// What the command needs of this library's inside, and nobody else.
@_spi(Command) public enum CommandSupport {
  /// SHA-256 in lower-case hex.
  public static func sha256(_ bytes: [UInt8]) throws -> String { Hex.encode(try Digest.sha256.hash(bytes)) }
}
