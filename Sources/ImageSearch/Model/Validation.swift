/// Checks of arguments; every message names the field and the limit.
package enum Validation {
  package static func range<Value: Comparable>(_ field: String, _ value: Value, _ allowed: ClosedRange<Value>) throws {
    guard allowed.contains(value) else {
      throw ImageSearchError(
        .invalidArgument, "\(field) is \(value); it must be from \(allowed.lowerBound) to \(allowed.upperBound)")
    }
  }

  /// Counts characters as Unicode scalars, which is what the providers' documents can mean at the strictest.
  package static func length(_ field: String, _ text: String, _ allowed: ClosedRange<Int>) throws {
    let count = text.unicodeScalars.count
    guard allowed.contains(count) else {
      throw ImageSearchError(
        .invalidArgument,
        "\(field) has \(count) characters; it must have \(allowed.lowerBound) to \(allowed.upperBound)")
    }
  }

  /// A header or a form must not be split by what a caller puts into it.
  package static func noControlCharacters(_ field: String, _ text: String) throws {
    guard !text.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 }) else {
      throw ImageSearchError(.invalidArgument, "\(field) contains a control character")
    }
  }

  /// A time limit, 1 ms to 24 h.
  package static func timeout(_ field: String, _ value: Duration?) throws {
    if let value { try range("\(field) in seconds", value.inSeconds, 0.001...86_400) }
  }
}
