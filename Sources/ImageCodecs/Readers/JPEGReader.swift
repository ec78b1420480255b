#if LocalIndex
  import CImageCodecs

  /// Decodes JPEG: baseline and progressive, gray, YCbCr, RGB, CMYK and YCCK, scaled while decoding.
  ///
  /// Memory: a few rows for files with one scan, whatever their size; for progressive files all coefficients, two bytes
  /// per sample of each component.
  final class JPEGReader: ImageReader {
    let width: Int
    let height: Int
    let layout: SampleLayout
    let workingMemory: Int
    private let reader: OpaquePointer
    /// Number of stored pixels per row.
    private let work: Int

    /// - Parameters:
    ///   - gray: whether only luma is needed; chroma is then not even transformed.
    ///   - target: the minimum of the longer side; the image is scaled down to it in the DCT by 1/8, 1/4 or 1/2.
    /// - Throws: ``ImageDecodingError``.
    init(_ bytes: UnsafeRawBufferPointer, gray: Bool, target: Int?, limits: ImageLimits, pace: Pace) throws {
      var failure = image_failure()
      var info = image_jpeg_info()
      var opened: OpaquePointer?
      var status = image_jpeg_open(bytes.octets, bytes.count, &opened, &info, &failure)
      guard status == IMAGE_OK, let opened else { throw ImageDecodingError(status, failure, "JPEG") }
      do {
        try limits.check(width: Int(info.width), height: Int(info.height))
        let eighths = Self.scale(longest: Int(max(info.width, info.height)), target: target)
        let coefficients = Int(clamping: info.coefficient_bytes)
        // libjpeg holds a few rows of blocks of each component.
        let rows = Int(info.width) * Int(info.components) * 64
        try limits.check(memory: [coefficients, rows], fileSize: bytes.count)
        var output = image_jpeg_output()
        status = image_jpeg_start(
          opened, gray, UInt32(eighths), UInt32(clamping: limits.maximumScans),
          UInt64(limits.workingMemory(fileSize: bytes.count)), pace.asked, &output, &failure)
        guard status == IMAGE_OK else {
          if let stop = pace.stop { throw stop }
          if status == IMAGE_TOO_LARGE, info.progressive {
            throw ImageDecodingError(
              .tooLarge, ImageDecodingError(status, failure, "JPEG").message, field: "scans",
              limit: limits.maximumScans)
          }
          throw ImageDecodingError(status, failure, "JPEG")
        }
        width = Int(output.width)
        height = Int(output.height)
        switch output.channels {
        case 1: layout = .gray
        case 3: layout = .rgb
        case 4: layout = output.inverted ? .invertedCMYK : .cmyk
        default: throw ImageDecodingError(.unsupportedFormat, "a JPEG with \(output.channels) channels")
        }
        workingMemory = coefficients + rows
        work = Int(info.width) * 8 / eighths
        reader = opened
      } catch {
        image_jpeg_close(opened)
        throw error
      }
    }

    deinit { image_jpeg_close(reader) }

    /// The scale in eighths: the smallest power of two that leaves `target` pixels on the longer side. libjpeg's
    /// intermediate scales have no vector code and take longer than the next larger one.
    static func scale(longest: Int, target: Int?) -> Int {
      guard let target, target > 0 else { return 8 }
      return [1, 2, 4].first { (longest * $0 + 7) / 8 >= target } ?? 8
    }

    func read(into target: ImageAccumulator, pace: Pace) throws -> ReadOutcome {
      var failure = image_failure()
      var row = [UInt8](repeating: 0, count: width * layout.channels)
      for y in 0..<height {
        let place = target.place(ofRow: y)
        let status = row.withUnsafeMutableBufferPointer {
          image_jpeg_read_row(reader, place ?? $0.baseAddress, &failure)
        }
        guard status == IMAGE_OK else {
          return ReadOutcome(intactRows: y, rows: height, failure: ImageDecodingError(status, failure, "JPEG"))
        }
        if place == nil { row.withUnsafeBufferPointer { target.add($0, y: y, count: width) } }
        try pace.spend(work)
      }
      let intact = Int(image_jpeg_intact_rows(reader))
      let damage = intact == height ? nil : ImageDecodingError(.truncated, "the JPEG ends early or is damaged")
      return ReadOutcome(intactRows: intact, rows: height, failure: damage)
    }
  }
#endif
