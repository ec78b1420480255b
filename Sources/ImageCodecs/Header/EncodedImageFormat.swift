/// The formats that are decoded, told apart by their first bytes, never by a file name.
package enum EncodedImageFormat: String, Sendable, CaseIterable {
  case jpeg, png, gif, bmp, tiff, webp

  /// - Returns: the format that `bytes` begin like, or `nil`.
  package init?(of bytes: UnsafeRawBufferPointer) {
    let reader = ByteReader(bytes)
    if reader.begins([0xFF, 0xD8, 0xFF]) {
      self = .jpeg
    } else if reader.begins([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
      self = .png
    } else if reader.begins("GIF87a") || reader.begins("GIF89a") {
      self = .gif
    } else if reader.begins("RIFF"), reader.has("WEBP", at: 8) {
      self = .webp
    } else if reader.begins([0x49, 0x49, 0x2A, 0]) || reader.begins([0x4D, 0x4D, 0, 0x2A])
      || reader.begins([0x49, 0x49, 0x2B, 0, 8, 0]) || reader.begins([0x4D, 0x4D, 0, 0x2B, 0, 8])
    {
      self = .tiff
    } else if reader.begins("BM"), let size = reader.u32(14, .little), BMPHeader.knownSizes.contains(Int(size)) {
      self = .bmp
    } else {
      return nil
    }
  }
}
