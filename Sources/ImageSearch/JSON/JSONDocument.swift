/// A JSON text, checked as a whole and kept unchanged; values are decoded from it on access.
///
/// The grammar is that of RFC 8259 and nothing beyond it: no comments, no trailing commas, no other encoding than
/// UTF-8. A byte order mark at the start is ignored, as section 8.1 allows. Of members with the same name the first is
/// used, as in `JSONDecoder`. A lone surrogate, which the grammar allows and Unicode does not, is read as U+FFFD, so
/// that a title that the provider truncated does not spoil a response that was paid for.
///
/// docs/decisions/0004-own-json-reader.md says why this is not `JSONDecoder`.
package final class JSONDocument: Sendable {
  /// Maximum depth of nested objects and lists, the same as that of `JSONDecoder`.
  package static let maximumDepth = 512
  /// Maximum size of a text in bytes: positions have 32 bits. The limit on responses is far lower.
  package static let maximumByteCount = Int(Int32.max)

  /// The text.
  package let bytes: [UInt8]
  let nodes: [JSONNode]

  /// Checks a text. Time and memory are proportional to its size (a node of 16 bytes for each value and each name,
  /// never more nodes than bytes), and the stack does not grow with its depth.
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

  /// Passes the bytes of a node, as in the text.
  func withBytes<Result>(of node: JSONNode, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    bytes.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[Int(node.start)..<Int(node.end)])) }
  }
}

// MARK: - Looking up members

extension JSONDocument {
  /// The node of the first member's value with that name. Names are compared by their bytes, with escapes decoded. The
  /// objects in providers' responses have some tens of members, for which this is faster than a hash table.
  func indexOfMember(_ key: StaticString, ofObjectAt object: Int) -> Int? {
    guard nodes[object].kind == .object else { return nil }
    return key.withUTF8Buffer { key in
      bytes.withUnsafeBufferPointer { bytes in
        nodes.withUnsafeBufferPointer { nodes in
          let end = Int(nodes[object].next)
          var index = object + 1
          while index < end {
            let name = nodes[index]
            if Self.isEqual(name, key, bytes) { return index + 1 }
            index = Int(nodes[index + 1].next)
          }
          return nil
        }
      }
    }
  }

  private static func isEqual(
    _ name: JSONNode, _ key: UnsafeBufferPointer<UInt8>, _ bytes: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    let start = Int(name.start)
    let end = Int(name.end)
    if name.kind == .escapedString {
      return JSONEscapes.resolve(UnsafeBufferPointer(rebasing: bytes[start..<end])).utf8.elementsEqual(key)
    }
    guard end - start == key.count else { return false }
    for i in key.indices where bytes[start + i] != key[i] { return false }
    return true
  }
}

/// A value, or a key, of a ``JSONDocument``: 16 bytes with its position in the text.
///
/// Nodes are in the order of the text. An object is followed by its members, each a key (a string) and a value with
/// everything in it; a list by its elements.
struct JSONNode {
  enum Kind: UInt8 {
    case missing, null, isFalse, isTrue, number, string, escapedString, list, object
  }

  var kind: Kind
  /// Position of the first byte; of a string, of the first after the quotation mark.
  var start: UInt32
  /// Position after the last byte; of a string, of the closing quotation mark. Unused for lists and objects.
  var end: UInt32
  /// The index of the node after this one and everything in it.
  var next: UInt32
}

/// Why bytes are not JSON, and where.
package struct JSONError: Error, Hashable, Sendable {
  /// What is wrong.
  package enum Reason: Hashable, Sendable {
    /// The text ends within a value, or contains none.
    case unexpectedEnd
    /// A byte that the grammar does not allow here.
    case unexpectedByte
    /// A backslash is followed by something that RFC 8259, section 7, does not list.
    case invalidEscape
    /// A string contains an unescaped control character (0–31).
    case controlCharacter
    /// Invalid UTF-8 (RFC 3629): overlong forms, surrogates, values above U+10FFFF, truncated sequences.
    case invalidUTF8
    /// Objects and lists are nested deeper than ``JSONDocument/maximumDepth``.
    case tooDeep
    /// More bytes than ``JSONDocument/maximumByteCount``.
    case tooLarge
  }

  /// What is wrong.
  package var reason: Reason
  /// The position of the byte where it was found, from 0.
  package var offset: Int
}
