#if LocalIndex
  import CImageCodecs

  /// Decodes PNG of every colour type, bit depth and interlace method. Of an APNG, the default image.
  ///
  /// Memory: two rows, even of an interlaced image, whose passes are added to the accumulator one after the other.
  final class PNGReader: ImageReader {
    let width: Int
    let height: Int
    let layout: SampleLayout
    let workingMemory: Int
    private let interlaced: Bool
    private let reader: OpaquePointer

    /// - Throws: ``ImageDecodingError``.
    init(_ bytes: UnsafeRawBufferPointer, limits: ImageLimits) throws {
      var failure = image_failure()
      var info = image_png_info()
      var opened: OpaquePointer?
      let status = image_png_open(
        bytes.octets, bytes.count, UInt32(clamping: limits.maximumSide), &opened, &info, &failure)
      guard status == IMAGE_OK, let opened else { throw ImageDecodingError(status, failure, "PNG") }
      guard let layout = SampleLayout(pngChannels: Int(info.channels)) else {
        image_png_close(opened)
        throw ImageDecodingError(.unsupportedFormat, "a PNG with \(info.channels) channels")
      }
      width = Int(info.width)
      height = Int(info.height)
      interlaced = info.interlaced
      self.layout = layout
      // libpng holds the current and the previous row, of up to eight bytes per pixel, and more for conversion.
      workingMemory = width * 36 + 1 << 18
      reader = opened
    }

    deinit { image_png_close(reader) }

    func read(into target: ImageAccumulator, pace: Pace) throws -> ReadOutcome {
      var failure = image_failure()
      var position = image_png_row()
      var row = [UInt8](repeating: 0, count: width * layout.channels)
      var rows = 0
      while true {
        let status = row.withUnsafeMutableBufferPointer {
          image_png_read_row(reader, $0.baseAddress, &position, &failure)
        }
        guard status == IMAGE_OK else {
          let failure = ImageDecodingError(status, failure, "PNG")
          // In an interlaced image every row is affected; a wrong checksum does not say where the damage is.
          let isAnywhere = interlaced || rows == height || failure.message.contains("data check")
          return ReadOutcome(intactRows: isAnywhere ? 0 : rows, rows: height, failure: failure)
        }
        if position.count == 0 { return ReadOutcome(intactRows: height, rows: height) }
        row.withUnsafeBufferPointer {
          target.add(
            $0, y: Int(position.y), x: Int(position.x), step: Int(position.x_step), count: Int(position.count))
        }
        rows += 1
        try pace.spend(width)
      }
    }
  }
#endif
