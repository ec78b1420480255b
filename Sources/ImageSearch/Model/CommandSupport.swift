/// Internals of this library that only the command uses.
@_spi(Command) public enum CommandSupport {
  /// SHA-256 in lower-case hex.
  public static func sha256(_ bytes: [UInt8]) throws -> String { Hex.encode(try Digest.sha256.hash(bytes)) }

  /// Returns the known name closest to another: equal except for case and separators, or at most two edits away.
  public static func nearest(to name: String, among known: [String]) -> String? {
    Validation.nearest(to: name, among: known)
  }
}
