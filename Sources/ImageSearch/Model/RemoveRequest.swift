/// Pictures to remove.
public struct RemoveRequest: Sendable, Hashable {
  /// The item.
  public var itemID: String
  /// One picture of it; `nil` removes all of them.
  public var pictureName: String?

  /// A request to remove one picture, or all of an item.
  public init(itemID: String, pictureName: String? = nil) {
    self.itemID = itemID
    self.pictureName = pictureName
  }
}
