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

// MARK: - Looking up members

extension JSONDocument {
  /// The node of the first member's value with that name. Names are compared by their bytes; one with escapes by what it stands
  /// for. The objects of providers' answers have some tens of members, for which this is faster than a table would be.
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

/// A value, or a key, of a ``JSONDocument``: 16 bytes that say where it stands in the text.
///
/// Nodes lie in the order of the text. An object is followed by its members, each a key (a string) and a value with all that is
/// in it; a list by its elements.
struct JSONNode {
  enum Kind: UInt8 {
    case missing, null, isFalse, isTrue, number, string, escapedString, list, object
  }

  var kind: Kind
  /// The first byte; of a string, the first after the quotation mark.
  var start: UInt32
  /// Behind the last byte; of a string, the closing quotation mark. Of no use for lists and objects.
  var end: UInt32
  /// The index of the node behind this one and all that is in it.
  var next: UInt32
}

/// Why bytes are no JSON, and where.
package struct JSONError: Error, Hashable, Sendable {
  /// What is wrong.
  package enum Reason: Hashable, Sendable {
    /// The text ends inside a value, or holds none.
    case unexpectedEnd
    /// A byte that the grammar does not allow here.
    case unexpectedByte
    /// A backslash is followed by something that RFC 8259, section 7, does not list.
    case invalidEscape
    /// A control character (0–31) stands in a string without an escape.
    case controlCharacter
    /// Bytes that are no UTF-8 (RFC 3629): overlong forms, surrogates, values above U+10FFFF, cut sequences.
    case invalidUTF8
    /// More objects and lists in each other than ``JSONDocument/maximumDepth``.
    case tooDeep
    /// More bytes than ``JSONDocument/maximumByteCount``.
    case tooLarge
  }

  /// What is wrong.
  package var reason: Reason
  /// The position of the byte at which it was seen, from 0.
  package var offset: Int
}
