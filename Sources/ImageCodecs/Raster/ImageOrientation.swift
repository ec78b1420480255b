import Rasters

/// The relation of stored rows and columns to the displayed image (Exif 2.32, tag 0x0112; TIFF 6.0, Orientation).
package enum ImageOrientation: Int, Sendable, CaseIterable {
  /// Stored upright.
  case upright = 1
  /// Stored mirrored left to right.
  case mirrored = 2
  /// Stored rotated by 180 degrees.
  case upsideDown = 3
  /// Stored mirrored top to bottom.
  case flipped = 4
  /// Stored mirrored along the main diagonal.
  case transposed = 5
  /// Must be rotated by 90 degrees clockwise.
  case quarterClockwise = 6
  /// Stored mirrored along the other diagonal.
  case transversed = 7
  /// Must be rotated by 90 degrees counter-clockwise.
  case quarterCounterclockwise = 8

  /// Whether width and height are swapped.
  package var swapsSides: Bool { rawValue >= 5 }

  /// Rotates or mirrors stored pixels upright.
  ///
  /// - Parameter channels: bytes per pixel.
  /// - Returns: as many bytes, with the sides swapped if ``swapsSides``.
  /// - Throws: ``OutOfPixelMemory``, and what the pace's check throws.
  func applied(
    to stored: LargeBuffer<UInt8>, width: Int, height: Int, channels: Int, pace: Pace
  ) throws -> LargeBuffer<UInt8> {
    guard self != .upright, width > 0, height > 0, stored.count == width * height * channels else { return stored }
    // The offset of the upright image's first pixel, and the steps to the next pixel to the right and below.
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
    let result = try LargeBuffer<UInt8>(count: stored.count)
    let (target, source) = (result.elements, stored.elements)
    // In tiles, because reading whole columns would defeat the processor's caches.
    let tile = 64
    for top in stride(from: 0, to: rows, by: tile) {
      for left in stride(from: 0, to: columns, by: tile) {
        let (bottom, end) = (min(rows, top + tile), min(columns, left + tile))
        for row in top..<bottom {
          var position = (start + row * down + left * right) * channels
          var written = (row * columns + left) * channels
          for _ in left..<end {
            for channel in 0..<channels { target[written &+ channel] = source[position &+ channel] }
            written &+= channels
            position &+= right &* channels
          }
        }
      }
      try pace.spend(columns * min(tile, rows - top))
    }
    return result
  }
}
