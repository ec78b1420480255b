/// A value of a ``JSONDocument``: the document and a position in it.
///
/// Reading never fails and is lenient, because providers are careless: a number may be text and text a number, and
/// anything may be missing or null. A missing value has no members, no elements and `nil` for every scalar, so that a
/// path into a response needs no optional chaining: `json["stats"]["total_results"].integer`.
package struct JSONValue: Sendable {
  let document: JSONDocument
  /// Negative for a missing value.
  let index: Int

  var node: JSONNode { index < 0 ? Self.missing : document.nodes[index] }

  private static let missing = JSONNode(kind: .missing, start: 0, end: 0, next: 0)

  // MARK: - What it is

  /// Whether there is a value, which may be `null`.
  package var exists: Bool { index >= 0 }
  /// Whether this is `null`.
  package var isNull: Bool { node.kind == .null }
  /// Whether this is an object.
  package var isObject: Bool { node.kind == .object }
  /// Whether this is a list.
  package var isList: Bool { node.kind == .list }
  /// Whether this is a number.
  package var isNumber: Bool { node.kind == .number }

  /// This value, if it is neither missing nor `null`.
  package var present: JSONValue? { exists && !isNull ? self : nil }
  /// This value, if it is an object.
  package var object: JSONValue? { isObject ? self : nil }

  // MARK: - Members and elements

  /// The first member of that name; a missing value if there is none or this is not an object.
  package subscript(_ key: StaticString) -> JSONValue {
    JSONValue(document: document, index: exists ? document.indexOfMember(key, ofObjectAt: index) ?? -1 : -1)
  }

  /// The members in order, including those with the same name; none if this is not an object.
  package var members: JSONMembers {
    let node = node
    return node.kind == .object
      ? JSONMembers(document: document, index: index + 1, end: Int(node.next))
      : JSONMembers(document: document, index: 0, end: 0)
  }

  /// The elements in order; none if this is not a list.
  package var elements: JSONElements {
    let node = node
    return node.kind == .list
      ? JSONElements(document: document, index: index + 1, end: Int(node.next))
      : JSONElements(document: document, index: 0, end: 0)
  }

  /// Converts the objects in a list; other elements are omitted, and the result is empty if this is not a list.
  package func objects<Element>(_ make: (JSONValue) -> Element) -> [Element] {
    let elements = elements
    var made: [Element] = []
    made.reserveCapacity(elements.reduce(0) { $1.isObject ? $0 + 1 : $0 })
    for element in elements where element.isObject { made.append(make(element)) }
    return made
  }

  /// The texts in a list, with numbers as text; empty ones and other elements are omitted.
  package var texts: [String] { elements.compactMap(\.filledText) }

  // MARK: - Scalars, leniently

  /// A whole number, also from text or from a fraction without a fractional part.
  package var integer: Int? {
    if isNumber { return wholeNumber }
    guard let string else { return nil }
    return Int(string) ?? Self.finite(string).flatMap { Int(exactly: $0) }
  }

  /// A finite number, also from text.
  package var number: Double? { (numeral ?? string).flatMap(Self.finite) }

  /// Text, also from a number: an integer without fraction and exponent, any other exactly as written.
  package var text: String? {
    if isNumber { return wholeNumber.map { String($0) } ?? numeral }
    return string
  }

  /// Text that is not empty, also from a number.
  package var filledText: String? { text.flatMap { $0.isEmpty ? nil : $0 } }

  /// A boolean, also from `"true"`, `"false"`, 0 and 1.
  package var flag: Bool? {
    switch node.kind {
    case .isTrue: return true
    case .isFalse: return false
    default: break
    }
    switch text?.lowercased() {
    case "true", "1": return true
    case "false", "0": return false
    default: return nil
    }
  }

  // MARK: - Scalars as the text has them

  /// The text of a string only, with its escapes decoded; a lone surrogate becomes U+FFFD.
  package var string: String? {
    let node = node
    switch node.kind {
    case .string: return document.withBytes(of: node) { String(decoding: $0, as: UTF8.self) }
    case .escapedString: return document.withBytes(of: node, JSONEscapes.resolve)
    default: return nil
    }
  }

  /// The text of a number only, exactly as written.
  package var numeral: String? {
    let node = node
    guard node.kind == .number else { return nil }
    return document.withBytes(of: node) { String(decoding: $0, as: UTF8.self) }
  }

  /// The exact value of a number that is a 64-bit integer, whether written `120`, `120.0` or `1.2e2`.
  private var wholeNumber: Int? {
    let node = node
    guard node.kind == .number else { return nil }
    return document.withBytes(of: node, JSONNumeral.wholeNumber)
  }

  private static func finite(_ text: String) -> Double? { Double(text).flatMap { $0.isFinite ? $0 : nil } }
}

/// The elements of a list.
package struct JSONElements: Sequence, IteratorProtocol, Sendable {
  let document: JSONDocument
  var index: Int
  let end: Int

  /// The next element.
  package mutating func next() -> JSONValue? {
    guard index < end else { return nil }
    let element = JSONValue(document: document, index: index)
    index = Int(element.node.next)
    return element
  }
}

/// The members of an object.
package struct JSONMembers: Sequence, IteratorProtocol, Sendable {
  let document: JSONDocument
  var index: Int
  let end: Int

  /// The next member.
  package mutating func next() -> (name: String, value: JSONValue)? {
    guard index < end else { return nil }
    let name = JSONValue(document: document, index: index)
    let value = JSONValue(document: document, index: index + 1)
    index = Int(value.node.next)
    return (name.string ?? "", value)
  }
}
