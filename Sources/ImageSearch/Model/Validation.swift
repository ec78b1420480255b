/// Checks of arguments: ranges, lengths and values given as text. Every message begins with the field, gives the limit
/// or what is allowed, and quotes at most the start of the value.
package enum Validation {
  package static func range<Value: Comparable>(_ field: String, _ value: Value, _ allowed: ClosedRange<Value>) throws {
    guard allowed.contains(value) else {
      throw ImageSearchError(
        .invalidArgument, "\(field) is \(value); it must be from \(allowed.lowerBound) to \(allowed.upperBound)")
    }
  }

  /// Counts characters as Unicode scalars: no provider says what it counts, and there are at least as many scalars as
  /// characters by any other definition.
  package static func length(_ field: String, _ text: String, _ allowed: ClosedRange<Int>) throws {
    let count = text.unicodeScalars.count
    guard allowed.contains(count) else {
      throw ImageSearchError(
        .invalidArgument,
        "\(field) has \(count) characters; it must have \(allowed.lowerBound) to \(allowed.upperBound)")
    }
  }

  /// Control characters in a value could split a header or a form.
  package static func noControlCharacters(_ field: String, _ text: String) throws {
    guard !text.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 }) else {
      throw ImageSearchError(.invalidArgument, "\(field) contains a control character; it must have none")
    }
  }

  /// A time limit, 1 ms to 24 h.
  package static func timeout(_ field: String, _ value: Duration?) throws {
    if let value { try range("\(field) in seconds", value.inSeconds, 0.001...86_400) }
  }

  /// A key, token or secret, which no message may quote.
  package static func key(_ field: String, _ text: String) throws {
    guard !text.isEmpty else { throw ImageSearchError(.invalidArgument, "\(field) is empty; it must be a key") }
    guard text.utf8.allSatisfy({ $0 > 32 && $0 < 127 }) else {
      throw ImageSearchError(
        .invalidArgument, "\(field) contains a space or a character outside of ASCII; it must be visible ASCII")
    }
  }

  // MARK: - Values given as text

  package static func integer(_ field: String, _ text: String) throws -> Int {
    guard let value = Int(text) else { throw refusal(field, text, "a whole number") }
    return value
  }

  package static func number(_ field: String, _ text: String) throws -> Double {
    guard let value = Double(text), value.isFinite else { throw refusal(field, text, "a number") }
    return value
  }

  package static func flag(_ field: String, _ text: String) throws -> Bool {
    switch text.lowercased() {
    case "true": true
    case "false": false
    default: throw refusal(field, text, "true or false")
    }
  }

  package static func choice<Value: RawRepresentable & CaseIterable>(
    _ field: String, _ text: String, of type: Value.Type = Value.self
  ) throws -> Value where Value.RawValue == String {
    guard let value = Value(rawValue: text) else {
      throw refusal(field, text, "one of " + Value.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return value
  }

  /// `sort is "x"; it must be one of score, size`.
  package static func refusal(_ field: String, _ text: String, _ allowed: String) -> ImageSearchError {
    ImageSearchError(.invalidArgument, "\(field) is \(quoted(text)); it must be \(allowed)")
  }

  /// The error for a name in ``SearchRequest/parameters`` that the service does not have.
  ///
  /// - Parameters:
  ///   - owner: the service without such a parameter, for instance `"TinEye"`.
  ///   - known: the names that it has.
  package static func unknownParameter(_ name: String, of owner: String, known: [String]) -> ImageSearchError {
    let hint = nearest(to: name, among: known).map { "; did you mean \($0)?" } ?? ""
    return ImageSearchError(
      .invalidArgument, "\(owner) has no parameter \(quoted(name))\(hint); it has \(known.joined(separator: ", "))")
  }

  /// The start of a text in quotation marks, see ``OutsideText``.
  package static func quoted(_ text: String) -> String {
    "\"\(OutsideText.clean(text, limit: 60))\""
  }

  /// Returns the known name closest to another: equal except for case and separators, or at most two edits away.
  static func nearest(to name: String, among known: [String]) -> String? {
    func letters(_ text: String) -> [UInt8] {
      text.lowercased().utf8.prefix(64).filter { $0 != UInt8(ascii: "_") && $0 != UInt8(ascii: "-") }
    }
    let wanted = letters(name)
    let ranked = known.map { (name: $0, distance: edits(from: wanted, to: letters($0))) }
    guard let best = ranked.min(by: { $0.distance < $1.distance }), best.distance <= min(2, wanted.count / 2) else {
      return nil
    }
    return best.name
  }

  /// Edit distance: insertions, deletions and replacements that turn one text into the other.
  private static func edits(from first: [UInt8], to second: [UInt8]) -> Int {
    var row = Array(0...second.count)
    for (i, byte) in first.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, other) in second.enumerated() {
        let replaced = diagonal + (byte == other ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(replaced, min(row[j], diagonal) + 1)
      }
    }
    return row[second.count]
  }
}
