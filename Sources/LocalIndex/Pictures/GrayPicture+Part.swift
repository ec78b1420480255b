import ImageSearch
import PictureMatching

extension GrayPicture {
  /// - Returns: a part of the picture; `nil` when it is empty or not inside.
  func part(_ region: SearchRequest.Region) -> GrayPicture? {
    guard region.x >= 0, region.y >= 0, region.width >= 1, region.height >= 1, region.x < width, region.y < height,
      region.width <= width - region.x, region.height <= height - region.y
    else { return nil }
    var part: [UInt8] = []
    part.reserveCapacity(region.width * region.height)
    for y in region.y..<region.y + region.height {
      let start = y * width + region.x
      part.append(contentsOf: pixels[start..<start + region.width])
    }
    return GrayPicture(width: region.width, height: region.height, pixels: part)
  }
}
