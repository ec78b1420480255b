/// A rectangle of whole pixels.
public struct PixelArea: Sendable, Hashable {
  /// Left edge in pixels.
  public let x: Int
  /// Top edge in pixels.
  public let y: Int
  /// Width in pixels.
  public let width: Int
  /// Height in pixels.
  public let height: Int

  /// A rectangle; nothing is checked here, whoever uses it checks it against its image.
  public init(x: Int, y: Int, width: Int, height: Int) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }

  /// Whether the rectangle has pixels and all of them lie in an image of this size.
  package func isInside(width limitX: Int, height limitY: Int) -> Bool {
    x >= 0 && y >= 0 && width > 0 && height > 0 && limitX >= 0 && limitY >= 0
      && width <= limitX && height <= limitY && x <= limitX - width && y <= limitY - height
  }
}
