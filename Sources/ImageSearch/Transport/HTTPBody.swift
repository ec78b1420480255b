/// What a request carries. A body is produced while it is sent, and anew for every attempt.
public protocol HTTPBody: Sendable {
  /// Length in bytes, known before the first byte is sent.
  var length: Int { get }
  /// A reader at the first byte.
  ///
  /// - Throws: ``ImageSearchError/Code/fileNotReadable``.
  func makeReader() throws -> any HTTPBodyReader
}
