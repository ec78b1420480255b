#if LocalIndex
  import CImageCodecs

  /// Decodes the first directory of a TIFF: 1 to 16 bits, gray, palette, RGB, CMYK, YCbCr, Lab; strips or tiles;
  /// interleaved or separate planes; every compression that libtiff supports. Floating point, LogLuv and the like are
  /// unsupported.
  ///
  /// Memory: a row, or a row of tiles; for images that only libtiff's own conversion reads (YCbCr that is not JPEG,
  /// Lab), a decoded strip and a band of rows of at most a quarter of the limit.
  final class TIFFReader: ImageReader {
    let width: Int
    let height: Int
    let layout: SampleLayout
    let workingMemory: Int
    private let reader: OpaquePointer

    /// - Throws: ``ImageDecodingError``.
    init(_ bytes: UnsafeRawBufferPointer, limits: ImageLimits) throws {
      var failure = image_failure()
      var info = image_tiff_info()
      var opened: OpaquePointer?
      let allowed = limits.workingMemory(fileSize: bytes.count)
      let status = image_tiff_open(bytes.octets, bytes.count, UInt64(allowed), &opened, &info, &failure)
      guard status == IMAGE_OK, let opened else { throw ImageDecodingError(status, failure, "TIFF") }
      do {
        width = Int(info.width)
        height = Int(info.height)
        workingMemory = Int(clamping: info.memory)
        layout =
          switch info.layout {
          case IMAGE_TIFF_GRAY: .gray
          case IMAGE_TIFF_GRAY_ALPHA: .grayAlpha
          case IMAGE_TIFF_RGB: .rgb
          case IMAGE_TIFF_RGBA: .rgba
          case IMAGE_TIFF_PREMULTIPLIED_RGBA: .premultipliedRGBA
          case IMAGE_TIFF_CMYK: .cmyk
          default: .rgbx
          }
        try limits.check(width: width, height: height)
        try limits.check(memory: [workingMemory], fileSize: bytes.count)
        reader = opened
      } catch {
        image_tiff_close(opened)
        throw error
      }
    }

    deinit { image_tiff_close(reader) }

    func read(into target: ImageAccumulator, pace: Pace) throws -> ReadOutcome {
      var failure = image_failure()
      var row = [UInt8](repeating: 0, count: width * layout.channels)
      for y in 0..<height {
        let place = target.place(ofRow: y)
        let status = row.withUnsafeMutableBufferPointer {
          image_tiff_read_row(reader, place ?? $0.baseAddress, pace.asked, &failure)
        }
        if let stop = pace.stop { throw stop }
        guard status == IMAGE_OK else {
          return ReadOutcome(intactRows: y, rows: height, failure: ImageDecodingError(status, failure, "TIFF"))
        }
        if place == nil { row.withUnsafeBufferPointer { target.add($0, y: y, count: width) } }
        try pace.spend(width)
      }
      return ReadOutcome(intactRows: height, rows: height)
    }
  }
#endif
