import Rasters

extension ImageAccumulator {
  /// The mean luma from which visible pixels count as white on transparent.
  private static let nearlyWhite: UInt64 = 240

  /// Returns the reduced image, gray or R, G, B, and its background; `nil` for a layout without alpha.
  ///
  /// - Throws: ``OutOfPixelMemory``, and the errors of the pace's check.
  func finish(pace: Pace) throws -> (pixels: LargeBuffer<UInt8>, background: ImageBackground?) {
    guard layout.hasAlpha else {
      return (factor == 1 ? samples : try means(), nil)
    }
    let background = try chooseBackground(pace)
    return (try composite(on: UInt32(background.rawValue), pace), background)
  }

  /// Number of stored pixels in the square at `column`, `row` of the result.
  private func area(_ column: Int, _ row: Int) -> UInt32 {
    UInt32(min(factor, sourceWidth - column * factor) * min(factor, sourceHeight - row * factor))
  }

  private func means() throws -> LargeBuffer<UInt8> {
    let result = try LargeBuffer<UInt8>(count: sums.count)
    let (target, sums) = (result.elements, sums.elements)
    var index = 0
    for row in 0..<height {
      for column in 0..<width {
        let area = area(column, row)
        for _ in 0..<channels {
          target[index] = 255 &- UInt8(truncatingIfNeeded: (sums[index] &+ area / 2) / area)
          index &+= 1
        }
      }
    }
    return result
  }

  /// Mid-gray if part of the image is transparent and the visible part is nearly white.
  private func chooseBackground(_ pace: Pace) throws -> ImageBackground {
    let colors = channels - 1
    let premultiplied = layout == .premultipliedRGBA
    var visible: UInt64 = 0
    var light: UInt64 = 0
    func weigh(_ color: (Int) -> UInt64, _ alpha: UInt64) {
      visible &+= alpha
      light &+= colors == 1 ? color(0) : (77 &* color(0) &+ 150 &* color(1) &+ 29 &* color(2)) >> 8
    }
    let (samples, sums) = (samples.elements, sums.elements)
    for row in 0..<height {
      let cells = stride(from: row * width * channels, to: (row + 1) * width * channels, by: channels)
      if factor == 1 {
        for index in cells {
          let alpha = UInt64(samples[index &+ colors])
          weigh({ UInt64(samples[index &+ $0]) &* (premultiplied ? 255 : alpha) }, alpha)
        }
      } else {
        for index in cells { weigh({ UInt64(sums[index &+ $0]) }, UInt64(sums[index &+ colors])) }
      }
      try pace.spend(width)
    }
    let opaque = UInt64(sourceWidth) &* UInt64(sourceHeight) &* 255
    return visible > 0 && visible < opaque - opaque / 50 && light >= visible &* Self.nearlyWhite ? .midGray : .white
  }

  private func composite(on background: UInt32, _ pace: Pace) throws -> LargeBuffer<UInt8> {
    let colors = channels - 1
    let premultiplied = layout == .premultipliedRGBA
    let result = try LargeBuffer<UInt8>(count: width * height * colors)
    let (target, samples, sums) = (result.elements, samples.elements, sums.elements)
    var written = 0
    func put(_ color: UInt64, _ alpha: UInt64, _ area: UInt64) {
      // In a damaged file the colour may exceed what alpha allows.
      let value = (color &+ UInt64(background) &* (255 &* area &- alpha) &+ 255 &* area / 2) / (255 &* area)
      target[written] = UInt8(clamping: value)
      written &+= 1
    }
    var index = 0
    for row in 0..<height {
      for column in 0..<width {
        if factor == 1 {
          let alpha = UInt64(samples[index &+ colors])
          for channel in 0..<colors {
            put(UInt64(samples[index &+ channel]) &* (premultiplied ? 255 : alpha), alpha, 1)
          }
        } else {
          let area = UInt64(area(column, row))
          for channel in 0..<colors { put(UInt64(sums[index &+ channel]), UInt64(sums[index &+ colors]), area) }
        }
        index &+= channels
      }
      try pace.spend(width)
    }
    return result
  }
}
