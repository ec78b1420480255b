/// A value of a ``JSONDocument``: the document and a place in it. Reading never fails: what is not there is `nil` or empty.
package struct JSONValue: Sendable {
  let document: JSONDocument
  let index: Int

  var node: JSONNode { document.nodes[index] }

  /// Whether this is `null`.
  package var isNull: Bool { node.kind == .null }
  /// Whether this is an object.
  package var isObject: Bool { node.kind == .object }
  /// Whether this is a list.
  package var isList: Bool { node.kind == .list }
  /// Whether this is a number.
  package var isNumber: Bool { node.kind == .number }

  /// The truth value, of `true` and `false`.
  package var boolean: Bool? {
    switch node.kind {
    case .isTrue: true
    case .isFalse: false
    default: nil
    }
  }

  /// The text, of a string. Its escapes are resolved; half a surrogate pair becomes U+FFFD.
  package var string: String? {
    let node = node
    switch node.kind {
    case .string: return document.withBytes(of: node) { String(decoding: $0, as: UTF8.self) }
    case .escapedString: return document.withBytes(of: node, JSONEscapes.resolve)
    default: return nil
    }
  }

  /// The number as it is written, of a number.
  package var numeral: String? {
    let node = node
    guard node.kind == .number else { return nil }
    return document.withBytes(of: node) { String(decoding: $0, as: UTF8.self) }
  }

  /// The number, of a number that is whole and within 64 bits, to its last digit, whether it is written `120`, `120.0` or `1.2e2`.
  package var wholeNumber: Int? {
    let node = node
    guard node.kind == .number else { return nil }
    return document.withBytes(of: node, JSONNumeral.wholeNumber)
  }

  /// The nearest double, of a number; `nil` when that would be infinite.
  package var double: Double? { numeral.flatMap(Self.finite) }

  /// The elements in their order; none of what is no list.
  package var elements: JSONElements {
    let node = node
    return node.kind == .list
      ? JSONElements(document: document, index: index + 1, end: Int(node.next))
      : JSONElements(document: document, index: 0, end: 0)
  }

  /// The members in their order, those with the same name too; none of what is no object.
  package var members: JSONMembers {
    let node = node
    return node.kind == .object
      ? JSONMembers(document: document, index: index + 1, end: Int(node.next))
      : JSONMembers(document: document, index: 0, end: 0)
  }

  /// The first member of that name, `null` included; `nil` when there is none or this is no object.
  package func member(_ key: StaticString) -> JSONValue? {
    document.indexOfMember(key, ofObjectAt: index).map { JSONValue(document: document, index: $0) }
  }

  static func finite(_ text: String) -> Double? { Double(text).flatMap { $0.isFinite ? $0 : nil } }
}
