/// A JSON text, checked as a whole and kept as it came; values are made from it when they are asked for.
///
/// The grammar is that of RFC 8259 and nothing beyond it: no comments, no trailing commas, no other encoding than UTF-8. A byte
/// order mark at the start is passed over, as section 8.1 allows. Of members with the same name the first counts, as with
/// `JSONDecoder`. Half a surrogate pair, which the grammar allows and Unicode does not, is read as U+FFFD, so that a title which
/// the provider has cut in two does not spoil an answer that was paid for.
///
/// docs/decisions/0004-own-json-reader.md says why this is not `JSONDecoder`.
package final class JSONDocument: Sendable {
  /// Objects and lists in each other, at most; `JSONDecoder` has the same limit.
  package static let maximumDepth = 512
  /// Bytes of a text, at most: positions are kept in 32 bits. The limit of an answer's size is far below.
  package static let maximumByteCount = Int(Int32.max)

  /// The text.
  package let bytes: [UInt8]
  let nodes: [JSONNode]

  /// Checks a text. It takes time and memory in proportion to the bytes (a node of 16 bytes for each value and each name, never
  /// more nodes than bytes), and no more stack for a deep text than for a flat one.
  ///
  /// - Throws: ``JSONError``.
  package convenience init(_ bytes: [UInt8]) throws(JSONError) {
    try self.init(bytes, maximumByteCount: Self.maximumByteCount)
  }

  init(_ bytes: [UInt8], maximumByteCount: Int) throws(JSONError) {
    guard bytes.count <= maximumByteCount else { throw JSONError(reason: .tooLarge, offset: maximumByteCount) }
    nodes = try bytes.withUnsafeBufferPointer { buffer throws(JSONError) in
      var parser = JSONParser(buffer)
      return try parser.run()
    }
    self.bytes = bytes
  }

  /// The outermost value.
  package var root: JSONValue { JSONValue(document: self, index: 0) }

  /// The bytes of a node as they stand in the text.
  func withBytes<Result>(of node: JSONNode, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    bytes.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[Int(node.start)..<Int(node.end)])) }
  }
}
