/// One value, or one key, of a ``JSONDocument``: 16 bytes that say where it stands in the text.
///
/// Nodes lie in the order of the text. An object is followed by its members, each a key (a string) and a value with all that is
/// in it; a list by its elements.
struct JSONNode {
  enum Kind: UInt8 {
    case null, isFalse, isTrue, number, string, escapedString, list, object
  }

  var kind: Kind
  /// The first byte; of a string, the first after the quotation mark.
  var start: UInt32
  /// Behind the last byte; of a string, the closing quotation mark. Of no use for lists and objects.
  var end: UInt32
  /// The index of the node behind this one and all that is in it.
  var next: UInt32
}
