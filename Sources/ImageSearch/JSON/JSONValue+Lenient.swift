/// Reading what providers really send: a number may come as text and text as a number, anything may be missing or null.
extension JSONValue {
  // MARK: - Members of an object

  /// A whole number, also from text or from a fraction without a fractional part.
  package func integer(_ key: StaticString) -> Int? { member(key)?.asInteger }

  /// A finite number, also from text.
  package func number(_ key: StaticString) -> Double? { member(key)?.asNumber }

  /// Text, also from a number.
  package func text(_ key: StaticString) -> String? { member(key)?.asText }

  /// Text that is not empty.
  package func filledText(_ key: StaticString) -> String? { member(key)?.asFilledText }

  /// A truth value, also from `"true"`, `"false"`, 0 and 1.
  package func flag(_ key: StaticString) -> Bool? { member(key)?.asFlag }

  /// Any value but `null`.
  package func value(_ key: StaticString) -> JSONValue? { member(key).flatMap { $0.isNull ? nil : $0 } }

  /// An object; `nil` when it is missing, null or of another shape.
  package func object(_ key: StaticString) -> JSONValue? { member(key).flatMap { $0.isObject ? $0 : nil } }

  /// The elements of a list; what is no list is empty.
  package func list(_ key: StaticString) -> JSONElements {
    member(key)?.elements ?? JSONElements(document: document, index: 0, end: 0)
  }

  /// What is made of the objects in a list; elements of another shape are left out, and what is no list is empty.
  package func objects<Element>(_ key: StaticString, _ make: (JSONValue) -> Element) -> [Element] {
    let elements = list(key)
    var made: [Element] = []
    made.reserveCapacity(elements.reduce(0) { $1.isObject ? $0 + 1 : $0 })
    for element in elements where element.isObject { made.append(make(element)) }
    return made
  }

  /// The texts in a list, numbers among them as text; empty ones and what is neither are left out.
  package func texts(_ key: StaticString) -> [String] { list(key).compactMap(\.asFilledText) }

  /// Whether there is such a member, be it `null`.
  package func contains(_ key: StaticString) -> Bool { member(key) != nil }

  // MARK: - This value

  /// A whole number, also from text or from a fraction without a fractional part.
  package var asInteger: Int? {
    if isNumber { return wholeNumber }
    guard let string else { return nil }
    return Int(string) ?? Self.finite(string).flatMap { Int(exactly: $0) }
  }

  /// A finite number, also from text.
  package var asNumber: Double? { (numeral ?? string).flatMap(Self.finite) }

  /// Text, also from a number: a whole one without fraction and exponent, any other as it is written, to the last digit.
  package var asText: String? {
    if isNumber { return wholeNumber.map { String($0) } ?? numeral }
    return string
  }

  /// Text that is not empty, also from a number.
  package var asFilledText: String? { asText.flatMap { $0.isEmpty ? nil : $0 } }

  /// A truth value, also from `"true"`, `"false"`, 0 and 1.
  package var asFlag: Bool? {
    if let boolean { return boolean }
    switch asText?.lowercased() {
    case "true", "1": return true
    case "false", "0": return false
    default: return nil
    }
  }
}
