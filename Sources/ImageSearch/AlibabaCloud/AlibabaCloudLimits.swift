/// The documented limits of parameters (docs/sources/alibaba-image-search.md, sections 5 and 6), checked before anything is sent;
/// every message names the field and the limit.
enum AlibabaCloudLimits {
  /// Number of results that can be reached.
  static let reachable = 500
  /// Results per page.
  static let page = 1...100
  /// The default size of a page.
  static let defaultPage = 10
  /// Maximum size of a whole body of 2018-01-20, in bytes.
  static let packedBody = 8_000_000

  static func productID(_ text: String) throws { try identifier("ProductId", text) }
  static func imageName(_ text: String) throws { try identifier("PicName", text) }

  // The documentation says 256 in one edition and 512 in others; the service itself refuses longer ones.
  private static func identifier(_ field: String, _ text: String) throws {
    try Validation.length(field, text, 1...512)
    try Validation.noControlCharacters(field, text)
  }

  static func instance(_ name: String, _ version: AlibabaCloud.Version) throws {
    try Validation.length("instance", name, version == .v20180120 ? 1...20 : 1...256)
    try Validation.noControlCharacters("instance", name)
  }

  static func category(_ id: Int?) throws {
    if let id { try Validation.range("CategoryId", id, 0...Int(Int32.max)) }
  }

  static func customContent(_ text: String?) throws {
    if let text { try Validation.length("CustomContent", text, 0...4096) }
  }

  static func filter(_ text: String?) throws {
    if let text { try Validation.length("Filter", text, 1...4096) }
  }

  /// A region must have an area, and lie within the image if its size is known.
  static func region(_ region: PixelRect?, in header: ImageHeader?) throws {
    guard let region else { return }
    let limit = Int(UInt16.max)
    try Validation.range("Region x", region.x, 0...limit)
    try Validation.range("Region y", region.y, 0...limit)
    // The service refuses a width of one pixel: the right edge must be greater than the left.
    try Validation.range("Region width", region.width, 2...limit)
    try Validation.range("Region height", region.height, 2...limit)
    guard let header else { return }
    guard region.x + region.width <= header.width, region.y + region.height <= header.height else {
      throw ImageSearchError(
        .invalidArgument,
        "Region ends at \(region.x + region.width), \(region.y + region.height) pixels; it must end within the image,"
          + " which has \(header.width) × \(header.height)")
    }
  }

  /// `x1,x2,y1,y2`: both x first, both edges within the region.
  static func text(_ region: PixelRect) -> String {
    "\(region.x),\(region.x + region.width - 1),\(region.y),\(region.y + region.height - 1)"
  }

  /// The reverse of ``text(_:)``.
  static func region(_ text: String) throws -> PixelRect {
    let numbers = text.split(separator: ",", omittingEmptySubsequences: false).compactMap { Int($0) }
    let limit = Int(UInt16.max)
    guard numbers.count == 4, numbers.allSatisfy({ (0...limit).contains($0) }), numbers[0] < numbers[1],
      numbers[2] < numbers[3], text.split(separator: ",", omittingEmptySubsequences: false).count == 4
    else {
      throw Validation.refusal(
        "Region", text, "x1,x2,y1,y2 with x1 < x2 and y1 < y2, each from 0 to \(limit)")
    }
    return PixelRect(
      x: numbers[0], y: numbers[2], width: numbers[1] - numbers[0] + 1, height: numbers[3] - numbers[2] + 1)
  }
}
