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

  /// The same part of the image at another size; neither size may be 0.
  package func scaled(from: (width: Int, height: Int), to: (width: Int, height: Int)) -> PixelRect {
    let (sx, sy) = (Double(to.width) / Double(from.width), Double(to.height) / Double(from.height))
    func place(_ at: Int, _ scale: Double, _ most: Int) -> Int { min(most, Int((Double(at) * scale).rounded())) }
    let (left, top) = (place(x, sx, to.width), place(y, sy, to.height))
    return PixelRect(
      x: left, y: top, width: place(x + width, sx, to.width) - left, height: place(y + height, sy, to.height) - top)
  }

  /// Whether the rectangle is not empty and lies within an image of this size.
  package func isInside(width limitX: Int, height limitY: Int) -> Bool {
    x >= 0 && y >= 0 && width > 0 && height > 0 && limitX >= 0 && limitY >= 0
      && width <= limitX && height <= limitY && x <= limitX - width && y <= limitY - height
  }
}
