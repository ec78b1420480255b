#if LocalIndex
  import CImageCodecs

  /// Decodes the first directory of a TIFF: whatever libtiff turns into 8-bit RGB (1 to 16 bits, gray, palette, RGB, CMYK,
  /// YCbCr, Lab; strips or tiles; planes together or apart; every compression that libtiff has).
  ///
  /// Memory: one decoded strip or tile and a band of rows of at most a quarter of what is allowed. A strip that is the
  /// whole image is held whole in its stored depth, and libtiff decodes it again from its start for each band.
  final class TIFFReader: ImageReader {
    let width: Int
    let height: Int
    let layout: SampleLayout
    let workingMemory: Int
    private let bandRows: Int
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
        try limits.check(width: Int(info.width), height: Int(info.height))
        width = Int(info.width)
        height = Int(info.height)
        layout = info.alpha ? .premultipliedRGBA : .rgbx
        let rowBytes = width * 4
        let unitRows = min(height, Int(info.unit_rows))
        let unitBytes = Int(clamping: info.unit_bytes)
        bandRows = min(
          height, Self.bandRows(rowBytes: rowBytes, unitRows: unitRows, divisible: info.divisible, allowed: allowed))
        let (band, overflow) = rowBytes.multipliedReportingOverflow(by: bandRows)
        let (memory, overflow2) = unitBytes.addingReportingOverflow(overflow ? .max : band)
        workingMemory = overflow2 ? .max : memory
        try limits.check(memory: [workingMemory], fileSize: bytes.count)
        reader = opened
      } catch {
        image_tiff_close(opened)
        throw error
      }
    }

    deinit { image_tiff_close(reader) }

    /// Whole strips or rows of tiles, several when they are small; part of a strip only when it is large and may be parted.
    private static func bandRows(rowBytes: Int, unitRows: Int, divisible: Bool, allowed: Int) -> Int {
      let (unit, overflow) = rowBytes.multipliedReportingOverflow(by: unitRows)
      if !overflow, unit <= 1 << 20 { return unitRows * max(1, (1 << 20) / max(1, unit)) }
      if overflow || unit > allowed / 4, divisible { return max(1, allowed / 4 / rowBytes) }
      return unitRows
    }

    func read(into target: inout ImageAccumulator) -> ReadOutcome {
      var failure = image_failure()
      var band = [UInt8](repeating: 0, count: bandRows * width * 4)
      for y in stride(from: 0, to: height, by: bandRows) {
        let rows = min(bandRows, height - y)
        let status = band.withUnsafeMutableBufferPointer {
          image_tiff_read_band(reader, UInt32(y), UInt32(rows), $0.baseAddress, &failure)
        }
        guard status == IMAGE_OK else {
          return ReadOutcome(intactRows: y, rows: height, failure: ImageDecodingError(status, failure, "TIFF"))
        }
        band.withUnsafeBufferPointer { pixels in
          for row in 0..<rows {
            let line = UnsafeBufferPointer(rebasing: pixels[row * width * 4..<(row + 1) * width * 4])
            target.add(line, y: y + row, count: width)
          }
        }
      }
      return ReadOutcome(intactRows: height, rows: height)
    }
  }
#endif
