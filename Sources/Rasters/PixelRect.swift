/// A rectangle of whole pixels of an upright image, origin at the top left.
public struct PixelRect: Sendable, Hashable {
  /// Left edge in pixels.
  public var x: Int
  /// Top edge in pixels.
  public var y: Int
  /// Width in pixels.
  public var width: Int
  /// Height in pixels.
  public var height: Int

  /// A rectangle, which is not checked here, but against the image that it is used with.
  public init(x: Int, y: Int, width: Int, height: Int) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }

  /// Whether the rectangle is not empty and lies within an image of this size.
  package func isInside(width limitX: Int, height limitY: Int) -> Bool {
    x >= 0 && y >= 0 && width > 0 && height > 0 && limitX >= 0 && limitY >= 0
      && width <= limitX && height <= limitY && x <= limitX - width && y <= limitY - height
  }
}
