/// The documented limits of parameters (docs/sources/alibaba-image-search.md, sections 5 and 6), checked before anything is sent;
/// every message names the field and the limit.
enum AlibabaCloudLimits {
  /// Results that can be reached: no page goes further.
  static let reachable = 500
  /// Results of one page.
  static let page = 1...100
  /// The size of a page when none is asked for.
  static let defaultPage = 10
  /// The whole body of 2018-01-20, in bytes.
  static let packedBody = 8_000_000

  static func productID(_ text: String) throws { try identifier("ProductId", text) }
  static func imageName(_ text: String) throws { try identifier("PicName", text) }

  // 256 in one edition of the documents and 512 in others: the smaller is safe.
  private static func identifier(_ field: String, _ text: String) throws {
    try Validation.length(field, text, 1...256)
    try Validation.noControlCharacters(field, text)
  }

  static func instance(_ name: String, _ version: AlibabaCloudVersion) throws {
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

  /// A region has to have an area, and to lie within the image when its size is known.
  static func region(_ region: PixelRect?, in header: ImageHeader?) throws {
    guard let region else { return }
    let limit = Int(UInt16.max)
    try Validation.range("Region x", region.x, 0...limit)
    try Validation.range("Region y", region.y, 0...limit)
    // The service refuses a region of one pixel: its right edge must be greater than its left.
    try Validation.range("Region width", region.width, 2...limit)
    try Validation.range("Region height", region.height, 2...limit)
    guard let header else { return }
    guard region.x + region.width <= header.width, region.y + region.height <= header.height else {
      throw ImageSearchError(
        .invalidArgument,
        "Region ends at \(region.x + region.width), \(region.y + region.height) pixels;"
          + " the image has \(header.width) × \(header.height)")
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
      throw ImageSearchError(
        .invalidArgument,
        "Region is \"\(text)\"; it must be x1,x2,y1,y2 with x1 < x2 and y1 < y2, each from 0 to \(limit)")
    }
    return PixelRect(
      x: numbers[0], y: numbers[2], width: numbers[1] - numbers[0] + 1, height: numbers[3] - numbers[2] + 1)
  }

  static func integer(_ field: String, _ text: String) throws -> Int {
    guard let value = Int(text) else {
      throw ImageSearchError(.invalidArgument, "\(field) is \"\(text)\"; it must be a whole number")
    }
    return value
  }

  static func flag(_ field: String, _ text: String) throws -> Bool {
    switch text.lowercased() {
    case "true": return true
    case "false": return false
    default: throw ImageSearchError(.invalidArgument, "\(field) is \"\(text)\"; it must be true or false")
    }
  }
}
