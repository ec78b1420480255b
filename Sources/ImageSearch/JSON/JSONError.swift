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
