/// An item (product) with images to add. Item id and image name together identify an image: adding it again replaces it
/// (docs/sources/alibaba-image-search.md, 5.4).
public struct ImageItem: Sendable {
  /// An image and its name within the item.
  public struct Image: Sendable {
    /// The name, unique within the item: 1–512 characters for Alibaba Cloud, 1–4096 bytes for the local index.
    public var name: String
    /// The image.
    public var source: ImageSource

    /// A named image.
    public init(name: String, source: ImageSource) {
      self.name = name
      self.source = source
    }
  }

  /// The identifier of the item: 1–512 characters for Alibaba Cloud, 1–4096 bytes for the local index.
  public var itemID: String
  /// The images, at least one.
  public var images: [Image]
  /// The category; Alibaba Cloud takes a number, the local index any text.
  public var category: String?
  /// Text that is returned with every match, at most 4096 characters.
  public var customContent: String?
  /// Values of the service's own parameters by name, for instance `IntAttr` and `StrAttr` of Alibaba Cloud.
  public var parameters: [String: String]

  /// An item.
  public init(
    itemID: String, images: [Image], category: String? = nil, customContent: String? = nil,
    parameters: [String: String] = [:]
  ) {
    self.itemID = itemID
    self.images = images
    self.category = category
    self.customContent = customContent
    self.parameters = parameters
  }
}

/// What to remove.
public struct RemoveRequest: Sendable, Hashable {
  /// The item.
  public var itemID: String
  /// The image; `nil` for all images of the item.
  public var imageName: String?

  /// A request to remove one image, or all of an item.
  public init(itemID: String, imageName: String? = nil) {
    self.itemID = itemID
    self.imageName = imageName
  }
}
