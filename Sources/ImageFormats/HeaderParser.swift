/// Recognizes one format and reads its header. A new format is a file and a line here.
struct HeaderParser: Sendable {
  /// The format, or the most general one that the parser reads.
  let format: ImageFormat
  /// Whether the first bytes of a file (up to 1024) are of this format.
  let recognises: @Sendable ([UInt8]) -> Bool
  let parse: @Sendable (HeaderReader) throws -> ImageHeader

  static let all: [HeaderParser] = [.jpeg, .png, .gif, .webp, .tiff, .bmp, .ppm, .heif]

  /// The exact format, by the first bytes.
  func format(of start: [UInt8]) -> ImageFormat {
    switch format {
    case .tiff: start.count > 3 && (start[2] == 0x2B || start[3] == 0x2B) ? .bigTIFF : .tiff
    case .heic: ISOMediaBrands(start)?.stillFormat ?? .heic
    default: format
    }
  }
}
