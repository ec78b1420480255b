import ImageSearch

/// Checks texts of the caller before they are stored.
enum TextLimit {
  /// The most bytes of an item's identifier or an image's name: a path fits in.
  static let mostNameBytes = 4096

  /// Checks an item's identifier or an image's name.
  ///
  /// - Throws: ``ImageSearchError/Code/invalidArgument`` with the field and its limits.
  static func checkName(_ field: String, _ text: String) throws {
    let count = text.utf8.count
    guard (1...mostNameBytes).contains(count) else {
      throw ImageSearchError.local(
        .invalidArgument, "\(field) has \(count) bytes, allowed are 1 to \(mostNameBytes)")
    }
    try refuseNUL(field, text)
  }

  /// - Parameter allowed: how many characters (Unicode scalars) there may be.
  /// - Throws: ``ImageSearchError/Code/invalidArgument`` with the field and its limits.
  static func check(_ field: String, _ text: String, _ allowed: ClosedRange<Int>) throws {
    let count = text.unicodeScalars.count
    guard allowed.contains(count) else {
      throw ImageSearchError.local(
        .invalidArgument,
        "\(field) has \(count) characters, allowed are \(allowed.lowerBound) to \(allowed.upperBound)")
    }
    try refuseNUL(field, text)
  }

  /// Texts leave through a C interface, where a NUL would cut them short.
  private static func refuseNUL(_ field: String, _ text: String) throws {
    guard !text.utf8.contains(0) else {
      throw ImageSearchError.local(.invalidArgument, "\(field) contains a NUL character")
    }
  }
}
