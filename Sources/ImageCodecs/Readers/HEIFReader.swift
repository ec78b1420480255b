#if LocalIndex
  import CImageCodecs
  import ImageFormats

  /// Decodes the primary image of a HEIC or AVIF with libheif, if the system has it, rotated and mirrored as the file
  /// says.
  ///
  /// Memory: the whole image, and libheif's working memory.
  final class HEIFReader: ImageReader {
    /// Maximum number of pixels.
    static let mostPixels = 50_000_000
    /// Memory that any file may use: 24 megapixels, which even a photograph of a few kilobytes may have.
    private static let freeMemory = 192 << 20

    let width: Int
    let height: Int
    let layout: SampleLayout
    let workingMemory: Int
    /// The header of the upright image.
    let header: ImageHeader
    private let reader: OpaquePointer

    /// - Throws: ``ImageDecodingError``: `unsupportedFormat` without the library; and the errors of the pace's check.
    init(_ bytes: UnsafeRawBufferPointer, header: ImageHeader, limits: ImageLimits, pace: Pace) throws {
      if header.pixelCount > Self.mostPixels {
        throw ImageDecodingError.tooLarge("pixels", header.pixelCount, limit: Self.mostPixels, unit: "pixels")
      }
      let memory = header.pixelCount * 8
      if memory > Self.freeMemory { try limits.check(memory: [memory], fileSize: bytes.count) }
      var failure = image_failure()
      var info = image_heif_info()
      var opened: OpaquePointer?
      let status = withExtendedLifetime(pace) {
        image_heif_open(
          bytes.octets, bytes.count, UInt32(clamping: limits.maximumSide),
          UInt64(min(limits.maximumPixels, Self.mostPixels)), pace.asked, &opened, &info, &failure)
      }
      if let stop = pace.stop {
        image_heif_close(opened)
        throw stop
      }
      guard status == IMAGE_OK, let opened else {
        throw ImageDecodingError(status, failure, "the image is \(header.format.name)")
      }
      width = Int(info.width)
      height = Int(info.height)
      layout = info.alpha ? (info.premultiplied ? .premultipliedRGBA : .rgba) : .rgb
      // Checked above, against its own limits.
      workingMemory = 0
      let exif = UnsafeRawBufferPointer(start: info.exif, count: info.exif == nil ? 0 : info.exif_size)
      self.header = ImageHeader(
        format: header.format, width: width, height: height, frameCount: header.frameCount,
        exifDate: ImageHeader.exifDate(inHEIFBlock: MemorySource(exif)), byteCount: header.byteCount)
      reader = opened
    }

    deinit { image_heif_close(reader) }

    func read(into target: ImageAccumulator, pace: Pace) throws -> ReadOutcome {
      for y in 0..<height {
        guard let row = image_heif_row(reader, UInt32(y)) else { break }
        target.add(UnsafeBufferPointer(start: row, count: width * layout.channels), y: y, count: width)
        try pace.spend(width)
      }
      return ReadOutcome(intactRows: height, rows: height)
    }
  }
#endif
