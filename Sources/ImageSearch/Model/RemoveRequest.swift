/// Images to remove.
public struct RemoveRequest: Sendable, Hashable {
  /// The item.
  public var itemID: String
  /// One image of it; `nil` removes all of them.
  public var imageName: String?

  /// A request to remove one image, or all of an item.
  public init(itemID: String, imageName: String? = nil) {
    self.itemID = itemID
    self.imageName = imageName
  }
}
