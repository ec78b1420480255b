/// How one format is recognised and its header read; a new format is a file and a line here.
struct HeaderParser: Sendable {
  /// The format, or the most general of those that the parser reads.
  let format: ImageFormat
  /// Whether the first bytes of an image (up to 1024 of them) are of this format.
  let recognises: @Sendable ([UInt8]) -> Bool
  let parse: @Sendable (HeaderReader) throws -> ImageHeader

  static let all: [HeaderParser] = [.jpeg, .png, .gif, .webp, .tiff, .bmp, .ppm, .heif]

  /// What the first bytes say more closely.
  func format(of start: [UInt8]) -> ImageFormat {
    switch format {
    case .tiff: start.count > 3 && (start[2] == 0x2B || start[3] == 0x2B) ? .bigTIFF : .tiff
    case .heic: ISOMediaBrands(start)?.stillFormat ?? .heic
    default: format
    }
  }
}
