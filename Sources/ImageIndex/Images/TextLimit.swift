import ImageSearch

/// Checks texts of the caller before they are stored.
enum TextLimit {
  /// - Parameter allowed: how many characters (Unicode scalars) there may be.
  /// - Throws: ``ImageSearchError/Code/invalidArgument`` with the field and its limits.
  static func check(_ field: String, _ text: String, _ allowed: ClosedRange<Int>) throws {
    let count = text.unicodeScalars.count
    guard allowed.contains(count) else {
      throw ImageSearchError.local(
        .invalidArgument,
        "\(field) has \(count) characters, allowed are \(allowed.lowerBound) to \(allowed.upperBound)")
    }
    // Texts leave through a C interface, where a NUL would cut them short.
    guard !text.utf8.contains(0) else {
      throw ImageSearchError.local(.invalidArgument, "\(field) contains a NUL character")
    }
  }
}
