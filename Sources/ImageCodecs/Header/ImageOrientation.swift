/// How stored rows and columns relate to what the viewer sees (Exif 2.32, tag 0x0112; TIFF 6.0, Orientation).
package enum ImageOrientation: Int, Sendable, CaseIterable {
  /// Stored as seen.
  case upright = 1
  /// Stored mirrored left to right.
  case mirrored = 2
  /// Stored turned by 180 degrees.
  case upsideDown = 3
  /// Stored mirrored top to bottom.
  case flipped = 4
  /// Stored mirrored along the main diagonal.
  case transposed = 5
  /// To be turned by 90 degrees clockwise.
  case quarterClockwise = 6
  /// Stored mirrored along the other diagonal.
  case transversed = 7
  /// To be turned by 90 degrees counter-clockwise.
  case quarterCounterclockwise = 8

  /// Whether width and height change places.
  package var swapsSides: Bool { rawValue >= 5 }

  /// The orientation in an Exif block, which is a TIFF directory; `nil` when it says nothing usable.
  init?(exif: ByteReader) {
    let order: ByteReader.Order
    if exif.begins([0x49, 0x49, 0x2A, 0]) {
      order = .little
    } else if exif.begins([0x4D, 0x4D, 0, 0x2A]) {
      order = .big
    } else {
      return nil
    }
    guard let directory = exif.u32(4, order), let entries = exif.u16(Int(directory), order) else { return nil }
    for entry in 0..<Int(entries) {
      let offset = Int(directory) + 2 + 12 * entry
      guard let tag = exif.u16(offset, order) else { return nil }
      guard tag == 0x0112 else { continue }
      // The type should be SHORT; some writers use LONG.
      let value =
        exif.u16(offset + 2, order) == 4
        ? exif.u32(offset + 8, order).map { Int(clamping: $0) }
        : exif.u16(offset + 8, order).map { Int($0) }
      guard let value else { return nil }
      self.init(rawValue: value)
      return
    }
    return nil
  }

  /// Turns stored pixels upright.
  ///
  /// - Parameter channels: bytes a pixel.
  /// - Returns: as many bytes, of an image whose sides have changed places when ``swapsSides``.
  func applied(to stored: [UInt8], width: Int, height: Int, channels: Int) -> [UInt8] {
    guard self != .upright, width > 0, height > 0, stored.count == width * height * channels else { return stored }
    // Where the first pixel of the upright image is stored, and the steps that one pixel right and one down take.
    let right: Int
    let down: Int
    let lastColumn = width - 1
    let lastRow = (height - 1) * width
    let start: Int
    switch self {
    case .upright: (start, right, down) = (0, 1, width)
    case .mirrored: (start, right, down) = (lastColumn, -1, width)
    case .upsideDown: (start, right, down) = (lastRow + lastColumn, -1, -width)
    case .flipped: (start, right, down) = (lastRow, 1, -width)
    case .transposed: (start, right, down) = (0, width, 1)
    case .quarterClockwise: (start, right, down) = (lastRow, -width, 1)
    case .transversed: (start, right, down) = (lastRow + lastColumn, -width, -1)
    case .quarterCounterclockwise: (start, right, down) = (lastColumn, width, -1)
    }
    let columns = swapsSides ? height : width
    let rows = swapsSides ? width : height
    return [UInt8](unsafeUninitializedCapacity: stored.count) { target, count in
      stored.withUnsafeBufferPointer { source in
        var written = 0
        for row in 0..<rows {
          var position = (start + row * down) * channels
          for _ in 0..<columns {
            for channel in 0..<channels {
              target[written] = source[position + channel]
              written += 1
            }
            position += right * channels
          }
        }
        count = written
      }
    }
  }
}
