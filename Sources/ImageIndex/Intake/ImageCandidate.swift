import ImageSearch

/// An image to be added.
struct ImageCandidate: Sendable {
  var itemID: String
  var name: String
  var category: String?
  var customContent: String?
  var parameters: [String: String]
  var source: ImageSource

  /// The error of its arguments; `nil` if they are valid.
  var failure: ImageSearchError?

  init(item: ImageItem, image: ImageItem.Image) {
    itemID = item.itemID
    name = image.name
    category = item.category
    customContent = item.customContent
    parameters = item.parameters
    source = image.source
  }

  /// One candidate per image, in the order given; an item without images is a failed candidate.
  static func all(of items: [ImageItem]) -> [ImageCandidate] {
    items.flatMap { item in
      if item.images.isEmpty {
        var candidate = ImageCandidate(item: item, image: .init(name: "", source: .bytes([])))
        candidate.failure = .local(
          .invalidArgument,
          "images is empty for item \(PathName.text(of: item.itemID.utf8).excerpt), at least 1 is needed")
        return [candidate]
      }
      return item.images.map { ImageCandidate(item: item, image: $0) }
    }
  }

  /// Checks category and custom content.
  ///
  /// - Throws: ``ImageSearchError/Code/invalidArgument`` with the field and its limits.
  static func check(category: String?, customContent: String?) throws {
    if let category { try TextLimit.check("category", category, 1...256) }
    if let customContent { try TextLimit.check("customContent", customContent, 0...4096) }
  }

  /// - Throws: ``ImageSearchError/Code/invalidArgument`` with the field and its limits.
  func check() throws {
    if let failure { throw failure }
    try TextLimit.checkName("itemID", itemID)
    try TextLimit.checkName("imageName", name)
    try Self.check(category: category, customContent: customContent)
    if let unknown = parameters.keys.sorted().first {
      throw ImageSearchError.local(.invalidArgument, "The local index has no parameter \(unknown.excerpt)")
    }
  }
}
