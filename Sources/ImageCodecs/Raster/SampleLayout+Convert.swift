import CRasters

extension SampleLayout {
  /// Converts `count` pixels of this layout to gray or R, G, B, followed by alpha if the layout has it.
  func convert(
    _ row: UnsafeBufferPointer<UInt8>, into target: UnsafeMutableBufferPointer<UInt8>, count: Int, color: Bool
  ) {
    let outputs = (color ? 3 : 1) + (hasAlpha ? 1 : 0)
    guard row.count >= count * channels, target.count >= count * outputs else { return }
    switch (self, color) {
    case (.gray, false), (.rgb, true), (.grayAlpha, false), (.rgba, true), (.premultipliedRGBA, true):
      _ = UnsafeMutableBufferPointer(rebasing: target[0..<count * outputs]).update(
        fromContentsOf: row[0..<count * outputs])
    case (.gray, true):
      for pixel in 0..<count {
        target[3 &* pixel] = row[pixel]
        target[3 &* pixel &+ 1] = row[pixel]
        target[3 &* pixel &+ 2] = row[pixel]
      }
    case (.grayAlpha, true):
      for pixel in 0..<count {
        target[4 &* pixel] = row[2 &* pixel]
        target[4 &* pixel &+ 1] = row[2 &* pixel]
        target[4 &* pixel &+ 2] = row[2 &* pixel]
        target[4 &* pixel &+ 3] = row[2 &* pixel &+ 1]
      }
    case (.rgb, false):
      raster_luma_row(row.baseAddress, 3, count, target.baseAddress, 1)
    case (.rgba, false), (.premultipliedRGBA, false):
      raster_luma_row(row.baseAddress, 4, count, target.baseAddress, 2)
      for pixel in 0..<count { target[2 &* pixel &+ 1] = row[4 &* pixel &+ 3] }
    case (.rgbx, false):
      raster_luma_row(row.baseAddress, 4, count, target.baseAddress, 1)
    case (.rgbx, true):
      for pixel in 0..<count {
        for channel in 0..<3 { target[3 &* pixel &+ channel] = row[4 &* pixel &+ channel] }
      }
    case (.cmyk, _), (.invertedCMYK, _):
      let flip: UInt8 = self == .cmyk ? 255 : 0
      for pixel in 0..<count {
        let light = row[4 &* pixel &+ 3] ^ flip
        let red = scaled(row[4 &* pixel] ^ flip, by: light)
        let green = scaled(row[4 &* pixel &+ 1] ^ flip, by: light)
        let blue = scaled(row[4 &* pixel &+ 2] ^ flip, by: light)
        if color {
          target[3 &* pixel] = red
          target[3 &* pixel &+ 1] = green
          target[3 &* pixel &+ 2] = blue
        } else {
          target[pixel] = raster_luma(red, green, blue)
        }
      }
    }
  }
}
