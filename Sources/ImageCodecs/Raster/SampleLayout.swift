/// The layout of a decoded row, with 8 bits per sample.
enum SampleLayout {
  case gray
  case grayAlpha
  case rgb
  case rgba
  /// Red, green and blue premultiplied by alpha, as from libtiff.
  case premultipliedRGBA
  /// Red, green, blue and an unused byte.
  case rgbx
  /// 255 is full ink.
  case cmyk
  /// 255 is no ink, as Adobe writes JPEG.
  case invertedCMYK

  var channels: Int {
    switch self {
    case .gray: 1
    case .grayAlpha: 2
    case .rgb: 3
    case .rgba, .premultipliedRGBA, .rgbx, .cmyk, .invertedCMYK: 4
    }
  }

  var hasAlpha: Bool {
    switch self {
    case .grayAlpha, .rgba, .premultipliedRGBA: true
    case .gray, .rgb, .rgbx, .cmyk, .invertedCMYK: false
    }
  }

  /// Whether rows need no conversion to gray or to R, G, B, each followed by alpha if the layout has it.
  func isKept(color: Bool) -> Bool {
    switch self {
    case .gray, .grayAlpha: !color
    case .rgb, .rgba, .premultipliedRGBA: color
    case .rgbx, .cmyk, .invertedCMYK: false
    }
  }

  /// - Returns: the layout of 8-bit rows with 1 to 4 channels, as from libpng.
  init?(pngChannels: Int) {
    switch pngChannels {
    case 1: self = .gray
    case 2: self = .grayAlpha
    case 3: self = .rgb
    case 4: self = .rgba
    default: return nil
    }
  }
}

/// `a * b / 255`, rounded, exact for 8-bit values.
@inline(__always)
func scaled(_ a: UInt8, by b: UInt8) -> UInt8 {
  let product = UInt32(a) &* UInt32(b) &+ 128
  return UInt8(truncatingIfNeeded: (product &+ product >> 8) >> 8)
}
