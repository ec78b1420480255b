/// Reading what providers really send: a number may come as text and text as a number, anything may be missing or null.
extension KeyedDecodingContainer {
  /// A whole number, also from text or from a fraction without a fractional part.
  package func integer(_ key: Key) -> Int? {
    if let value = try? decodeIfPresent(Int.self, forKey: key) { return value }
    if let value = try? decodeIfPresent(Double.self, forKey: key) { return Int(exactly: value) }
    guard let text = try? decodeIfPresent(String.self, forKey: key) else { return nil }
    return Int(text) ?? Double(text).flatMap { Int(exactly: $0) }
  }

  /// A number, also from text.
  package func number(_ key: Key) -> Double? {
    if let value = try? decodeIfPresent(Double.self, forKey: key) { return value }
    guard let text = try? decodeIfPresent(String.self, forKey: key) else { return nil }
    return Double(text)
  }

  /// Text, also from a number.
  package func text(_ key: Key) -> String? {
    if let value = try? decodeIfPresent(String.self, forKey: key) { return value }
    if let value = try? decodeIfPresent(Int.self, forKey: key) { return String(value) }
    return (try? decodeIfPresent(Double.self, forKey: key)).flatMap { $0 }.map { String($0) }
  }

  /// Text that is not empty.
  package func filledText(_ key: Key) -> String? { text(key).flatMap { $0.isEmpty ? nil : $0 } }

  /// A truth value, also from `"true"`, `"false"`, 0 and 1.
  package func flag(_ key: Key) -> Bool? {
    if let value = try? decodeIfPresent(Bool.self, forKey: key) { return value }
    switch text(key)?.lowercased() {
    case "true", "1": return true
    case "false", "0": return false
    default: return nil
    }
  }

  /// A nested value; `nil` when it is missing, null or of another shape.
  package func value<Value: Decodable>(_ type: Value.Type, _ key: Key) -> Value? {
    (try? decodeIfPresent(type, forKey: key)).flatMap { $0 }
  }

  /// A list; elements of another shape are left out, and what is no list is empty.
  package func list<Element: Decodable>(_ type: Element.Type, _ key: Key) -> [Element] {
    if let values = try? decodeIfPresent([Element].self, forKey: key) { return values }
    guard var container = try? nestedUnkeyedContainer(forKey: key) else { return [] }
    var values: [Element] = []
    while !container.isAtEnd {
      if let value = try? container.decode(Element.self) {
        values.append(value)
      } else if (try? container.decode(Ignored.self)) == nil {
        break
      }
    }
    return values
  }
}

/// Takes the place of any value, so that a container moves on.
private struct Ignored: Decodable {
  init(from decoder: any Decoder) {}
}
