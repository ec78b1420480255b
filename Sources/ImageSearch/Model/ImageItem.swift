/// An item (product) with its pictures, to be added. The pair (item id, picture name) is the identity of a picture: adding it
/// again replaces it (seed 002; reference/alibaba-image-search.md, 5.4).
public struct ImageItem: Sendable {
  /// A picture and its name within the item.
  public struct Picture: Sendable {
    /// The name, 1–256 characters, unique within the item.
    public var name: String
    /// The picture.
    public var source: ImageSource

    /// A named picture.
    public init(name: String, source: ImageSource) {
      self.name = name
      self.source = source
    }
  }

  /// The identifier of the item, 1–256 characters.
  public var itemID: String
  /// The pictures, at least one.
  public var pictures: [Picture]
  /// The category; Alibaba Cloud takes a number, the local index any text.
  public var category: String?
  /// Text that is returned with every match, at most 4096 characters.
  public var customContent: String?
  /// Values of the service's own parameters by name, for instance `IntAttr` and `StrAttr` of Alibaba Cloud.
  public var parameters: [String: String]

  /// An item.
  public init(
    itemID: String, pictures: [Picture], category: String? = nil, customContent: String? = nil,
    parameters: [String: String] = [:]
  ) {
    self.itemID = itemID
    self.pictures = pictures
    self.category = category
    self.customContent = customContent
    self.parameters = parameters
  }
}
