import ImageSearch

/// The match of an overlay: what tells that it is of this index, and that the image is still the one that was found.
struct OverlayTarget: Sendable {
  let itemID: String
  let imageName: String
  let transform: AffineMap
  private let width: Int
  private let height: Int
  private let byteCount: Int

  /// - Throws: ``ImageSearchError/Code/invalidArgument`` for a match that no search of a local index gave.
  init(_ match: Match) throws {
    guard let itemID = match.itemID, let imageName = match.imageName, let map = match.transform,
      let width = match.width, let height = match.height, let byteCount = match.fileSize,
      [map.m11, map.m12, map.m13, map.m21, map.m22, map.m23].allSatisfy(\.isFinite)
    else {
      throw ImageSearchError.local(.invalidArgument, "match is not one that a search of a local index gave")
    }
    self.itemID = itemID
    self.imageName = imageName
    self.width = width
    self.height = height
    self.byteCount = byteCount
    transform = map
  }

  /// Whether a row is that of the image that was found.
  func describes(_ record: ImageRecord) -> Bool {
    record.width == width && record.height == height && record.byteCount == byteCount
  }
}
