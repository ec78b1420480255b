import ImageSearch

/// A picture that is to be added.
struct PictureCandidate: Sendable {
  var itemID: String
  var name: String
  var category: String?
  var customContent: String?
  var parameters: [String: String]
  var source: ImageSource

  init(item: ImageItem, picture: ImageItem.Picture) {
    itemID = item.itemID
    name = picture.name
    category = item.category
    customContent = item.customContent
    parameters = item.parameters
    source = picture.source
  }

  /// One candidate a picture, in the order given.
  ///
  /// - Throws: ``ImageSearchError/Code/invalidArgument`` when an item has no pictures: no entry of a report could say so.
  static func all(of items: [ImageItem]) throws -> [PictureCandidate] {
    try items.flatMap { item in
      guard !item.pictures.isEmpty else {
        throw ImageSearchError.local(
          .invalidArgument, "pictures is empty for item \(item.itemID), at least 1 is needed")
      }
      return item.pictures.map { PictureCandidate(item: item, picture: $0) }
    }
  }

  /// - Throws: ``ImageSearchError/Code/invalidArgument`` with the field and its limits.
  func check() throws {
    try TextLimit.check("itemID", itemID, 1...256)
    try TextLimit.check("pictureName", name, 1...256)
    if let category { try TextLimit.check("category", category, 1...256) }
    if let customContent { try TextLimit.check("customContent", customContent, 0...4096) }
    if let unknown = parameters.keys.sorted().first {
      throw ImageSearchError.local(.invalidArgument, "The local index has no parameter \(unknown)")
    }
  }
}
