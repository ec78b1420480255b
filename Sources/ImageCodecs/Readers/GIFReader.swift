#if LocalIndex
  import CImageCodecs
  import ImageFormats

  /// Decodes the first frame of a GIF on its canvas; pixels outside the frame and transparent pixels are transparent,
  /// as in browsers, which ignore the file's background colour.
  ///
  /// Memory: one row and giflib's dictionary.
  final class GIFReader: ImageReader {
    let width: Int
    let height: Int
    let layout: SampleLayout
    var workingMemory: Int { frame.width * 5 + 1 << 16 }
    private let frame: (left: Int, top: Int, width: Int, height: Int)
    private let interlaced: Bool
    /// 256 entries in the layout.
    private let palette: [UInt8]
    private let reader: OpaquePointer

    /// - Throws: ``ImageDecodingError``.
    init(_ bytes: UnsafeRawBufferPointer, header: ImageHeader, limits: ImageLimits) throws {
      var failure = image_failure()
      var info = image_gif_info()
      var opened: OpaquePointer?
      let status = image_gif_open(bytes.octets, bytes.count, &opened, &info, &failure)
      guard status == IMAGE_OK, let opened else { throw ImageDecodingError(status, failure, "GIF") }
      do {
        try limits.check(width: Int(info.width), height: Int(info.height))
      } catch {
        image_gif_close(opened)
        throw error
      }
      reader = opened
      width = header.width
      height = header.height
      frame = (Int(info.left), Int(info.top), Int(info.width), Int(info.height))
      interlaced = info.interlaced
      let covers = frame.left == 0 && frame.top == 0 && frame.width >= width && frame.height >= height
      let layout: SampleLayout = covers && info.transparent < 0 ? .rgb : .rgba
      self.layout = layout
      palette = withUnsafeBytes(of: info.palette) { colors in
        var entries: [UInt8] = []
        entries.reserveCapacity(256 * layout.channels)
        for index in 0..<256 {
          entries += [colors[3 * index], colors[3 * index + 1], colors[3 * index + 2]]
          if layout == .rgba { entries.append(index == Int(info.transparent) ? 0 : 255) }
        }
        return entries
      }
    }

    deinit { image_gif_close(reader) }

    func read(into target: ImageAccumulator, pace: Pace) throws -> ReadOutcome {
      var failure = image_failure()
      var indices = [UInt8](repeating: 0, count: frame.width)
      let channels = layout.channels
      var row = [UInt8](repeating: 0, count: frame.width * channels)
      // GIF89a, appendix E: four passes, as first row and step.
      let passes = interlaced ? [(0, 8), (4, 8), (2, 4), (1, 2)] : [(0, 1)]
      var rows = 0
      for (first, step) in passes {
        for y in stride(from: first, to: frame.height, by: step) {
          if !interlaced, frame.top + y >= height { break }
          let status = indices.withUnsafeMutableBufferPointer {
            image_gif_read_row(reader, $0.baseAddress, &failure)
          }
          guard status == IMAGE_OK else {
            return ReadOutcome(
              intactRows: interlaced ? 0 : rows, rows: frame.height,
              failure: ImageDecodingError(status, failure, "GIF"))
          }
          for (column, index) in indices.enumerated() {
            for channel in 0..<channels {
              row[column &* channels &+ channel] = palette[Int(index) &* channels &+ channel]
            }
          }
          row.withUnsafeBufferPointer { target.add($0, y: frame.top + y, x: frame.left, count: frame.width) }
          rows += 1
          try pace.spend(frame.width)
        }
      }
      return ReadOutcome(intactRows: frame.height, rows: frame.height)
    }
  }
#endif
