import ImageSearch

extension SearchRequest {
  /// - Throws: ``ImageSearchError/Code/invalidArgument`` with the field and its limits.
  func checkForLocalIndex() throws {
    func refuse(_ what: String) -> ImageSearchError { ImageSearchError.local(.invalidArgument, what) }
    if let limit, !(1...1000).contains(limit) { throw refuse("limit is \(limit), allowed are 1 to 1000") }
    if offset < 0 { throw refuse("offset is \(offset), it must be 0 or more") }
    if let minimumScore, !(0...100).contains(minimumScore) {
      throw refuse("minimumScore is \(minimumScore), allowed are 0 to 100")
    }
    if let minimumConfidence, !(0...1).contains(minimumConfidence) {
      throw refuse("minimumConfidence is \(minimumConfidence), allowed are 0 to 1")
    }
    if let category { try TextLimit.check("category", category, 1...256) }
    if let populationSize, populationSize < 1 {
      throw refuse("populationSize is \(populationSize), it must be 1 or more")
    }
    if let relations, relations.isEmpty { throw refuse("relations is empty") }
    if let region {
      guard region.x >= 0, region.y >= 0 else {
        throw refuse("region begins at (\(region.x), \(region.y)), both must be 0 or more")
      }
      guard region.width >= 1, region.height >= 1 else {
        throw refuse("region is \(region.width) × \(region.height) pixels, both must be 1 or more")
      }
    }
    if let unknown = parameters.keys.sorted().first {
      throw refuse("The local index has no parameter \(unknown.excerpt)")
    }
  }
}

/// Checks the caller's texts before they are stored.
enum TextLimit {
  /// Maximum length of an item id or an image name in bytes: that of a path.
  static let mostNameBytes = 4096

  /// Checks an item id or an image name.
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

  /// - Parameter allowed: the allowed number of characters (Unicode scalars).
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

  /// The C interface returns texts NUL-terminated.
  private static func refuseNUL(_ field: String, _ text: String) throws {
    guard !text.utf8.contains(0) else {
      throw ImageSearchError.local(.invalidArgument, "\(field) contains a NUL character")
    }
  }
}
