import ImageSearch

/// An image that is to be added.
struct ImageCandidate: Sendable {
  var itemID: String
  var name: String
  var category: String?
  var customContent: String?
  var parameters: [String: String]
  var source: ImageSource

  init(item: ImageItem, image: ImageItem.Image) {
    itemID = item.itemID
    name = image.name
    category = item.category
    customContent = item.customContent
    parameters = item.parameters
    source = image.source
  }

  /// One candidate an image, in the order given.
  ///
  /// - Throws: ``ImageSearchError/Code/invalidArgument`` when an item has no images: no entry of a report could say so.
  static func all(of items: [ImageItem]) throws -> [ImageCandidate] {
    try items.flatMap { item in
      guard !item.images.isEmpty else {
        throw ImageSearchError.local(
          .invalidArgument, "images is empty for item \(item.itemID), at least 1 is needed")
      }
      return item.images.map { ImageCandidate(item: item, image: $0) }
    }
  }

  /// Checks what an image of an item may be given.
  ///
  /// - Throws: ``ImageSearchError/Code/invalidArgument`` with the field and its limits.
  static func check(category: String?, customContent: String?) throws {
    if let category { try TextLimit.check("category", category, 1...256) }
    if let customContent { try TextLimit.check("customContent", customContent, 0...4096) }
  }

  /// - Throws: ``ImageSearchError/Code/invalidArgument`` with the field and its limits.
  func check() throws {
    try TextLimit.checkName("itemID", itemID)
    try TextLimit.checkName("imageName", name)
    try Self.check(category: category, customContent: customContent)
    if let unknown = parameters.keys.sorted().first {
      throw ImageSearchError.local(.invalidArgument, "The local index has no parameter \(unknown)")
    }
  }
}
