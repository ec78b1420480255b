/// How one format is recognised and its header read; a new format is a file and a line here.
struct HeaderParser: Sendable {
  let format: ImageFormat
  /// Whether the first bytes of an image (up to 1024 of them) are of this format.
  let recognises: @Sendable ([UInt8]) -> Bool
  let parse: @Sendable (HeaderReader) throws -> ImageHeader

  static let all: [HeaderParser] = [.jpeg, .png, .gif, .webp, .tiff, .bmp, .ppm]
}
