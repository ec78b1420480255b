/// Formats that are recognized only to name them in the error: images that are not supported, and files that people
/// mistake for images. Nothing of the file itself is quoted, because it may contain anything, even a key.
struct ForeignFormat: Sendable {
  private let name: String
  private let isImage: Bool
  private let offset: Int
  private let mark: [UInt8]

  private init(_ name: String, _ mark: [UInt8], at offset: Int = 0, isImage: Bool = true) {
    self.name = name
    self.mark = mark
    self.offset = offset
    self.isImage = isImage
  }

  private init(_ name: String, _ mark: String, at offset: Int = 0, isImage: Bool = true) {
    self.init(name, Array(mark.utf8), at: offset, isImage: isImage)
  }

  /// The error for a file of an unsupported format that begins with these bytes.
  ///
  /// - Parameter end: its last 18 bytes.
  static func refusal(of start: [UInt8], end: [UInt8]) -> ImageFormatError {
    if let brands = ISOMediaBrands(start) {
      return brands.foreignName.map { unsupported($0) } ?? noImage("a video or another ISO media file (MP4, MOV …)")
    }
    if let found = signatures.first(where: { start.dropFirst($0.offset).starts(with: $0.mark) }) {
      return found.isImage ? unsupported(found.name) : noImage(found.name)
    }
    if let name = structured(start, end) { return unsupported(name) }
    if start.starts(with: "%!PS".utf8) { return noImage("a PostScript document") }
    switch markup(start) {
    case .svg: return unsupported("SVG")
    case .html: return noImage("an HTML page")
    case .other: return noImage("text with markup")
    case nil: return ImageFormatError(.notAnImage, "the bytes are no image of a known format")
    }
  }

  private static func unsupported(_ name: String) -> ImageFormatError {
    ImageFormatError(.unsupported, "the image is \(name), a format that is not taken; convert it to JPEG or PNG")
  }

  private static func noImage(_ name: String) -> ImageFormatError {
    ImageFormatError(.notAnImage, "this is \(name), not an image")
  }

  private static let signatures: [ForeignFormat] = [
    .init("JPEG XL", [0xFF, 0x0A]),
    .init("JPEG XL", [0, 0, 0, 0x0C, 0x4A, 0x58, 0x4C, 0x20, 0x0D, 0x0A, 0x87, 0x0A]),
    .init("JPEG 2000", [0, 0, 0, 0x0C, 0x6A, 0x50, 0x20, 0x20, 0x0D, 0x0A, 0x87, 0x0A]),
    .init("JPEG 2000", [0xFF, 0x4F, 0xFF, 0x51]),
    .init("JPEG-LS", [0xFF, 0xD8, 0xFF, 0xF7]),
    .init("JPEG XR", [0x49, 0x49, 0xBC]),
    .init("a Canon raw image (CR2)", [0x49, 0x49, 0x2A, 0]),
    .init("a Canon raw image (CR2)", [0x4D, 0x4D, 0, 0x2A]),
    .init("a Panasonic raw image (RW2)", [0x49, 0x49, 0x55, 0]),
    .init("an Olympus raw image (ORF)", "IIRO"), .init("an Olympus raw image (ORF)", "IIRS"),
    .init("an Olympus raw image (ORF)", "MMOR"),
    .init("a Fujifilm raw image (RAF)", "FUJIFILMCCD-RAW"),
    .init("an icon (ICO)", [0, 0, 1, 0]),
    .init("a cursor (CUR)", [0, 0, 2, 0]),
    .init("an icon of macOS (ICNS)", "icns"),
    .init("a Photoshop document (PSD)", "8BPS"),
    .init("a GIMP image (XCF)", "gimp xcf"),
    .init("a GIMP brush (GBR)", "GIMP", at: 20),
    .init("OpenEXR", [0x76, 0x2F, 0x31, 0x01]),
    .init("Radiance HDR", "#?RADIANCE"), .init("Radiance HDR", "#?RGBE"),
    .init("QOI", "qoif"),
    .init("DDS", "DDS "),
    .init("a texture (KTX)", [0xAB, 0x4B, 0x54, 0x58, 0x20]),
    .init("a texture (FTEX)", "FTEX"),
    .init("BLP", "BLP1"), .init("BLP", "BLP2"),
    .init("BPG", [0x42, 0x50, 0x47, 0xFB]),
    .init("FLIF", "FLIF"),
    .init("FITS", "SIMPLE  ="),
    .init("DICOM", "DICM", at: 128),
    .init("SGI", [0x01, 0xDA]),
    .init("a Sun raster image", [0x59, 0xA6, 0x6A, 0x95]),
    .init("DCX", [0xB1, 0x68, 0xDE, 0x3A]),
    .init("MSP", "DanM"), .init("MSP", "LinS"),
    .init("a FLIC animation", [0x11, 0xAF], at: 4), .init("a FLIC animation", [0x12, 0xAF], at: 4),
    .init("IM", "Image type: "),
    .init("PFM", "PF\n"), .init("PFM", "Pf\n"),
    .init("MNG", [0x8A, 0x4D, 0x4E, 0x47]),
    .init("JNG", [0x8B, 0x4A, 0x4E, 0x47]),
    .init("XPM", "/* XPM */"),
    .init("DjVu", "AT&TFORM"),
    .init("a Windows metafile (WMF)", [0xD7, 0xCD, 0xC6, 0x9A]),
    .init("a Windows metafile (EMF)", " EMF", at: 40),
    .init("EPS", [0xC5, 0xD0, 0xD3, 0xC6]),
    .init("a PDF document", "%PDF-", isImage: false),
    .init("a ZIP archive", [0x50, 0x4B, 3, 4], isImage: false),
    .init("gzip data", [0x1F, 0x8B], isImage: false),
    .init("a Matroska or WebM video", [0x1A, 0x45, 0xDF, 0xA3], isImage: false),
    .init("an AVI video", "AVI ", at: 8, isImage: false),
    .init("a WAVE sound", "WAVE", at: 8, isImage: false),
    .init("an HDF5 file", [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A], isImage: false),
  ]

  /// Formats whose signature is too short to be sufficient by itself.
  private static func structured(_ start: [UInt8], _ end: [UInt8]) -> String? {
    guard start.count >= 4 else { return nil }
    let text = String(decoding: start.prefix(200), as: UTF8.self)
    if text.hasPrefix("%!PS"), text.prefix(40).contains("EPSF") { return "EPS" }
    // Netpbm: a letter, a number, white space.
    if start[0] == UInt8(ascii: "P"), start[2] == 0x20 || (0x09...0x0D).contains(start[2]) {
      switch start[1] {
      case UInt8(ascii: "1"), UInt8(ascii: "4"): return "PBM"
      case UInt8(ascii: "2"), UInt8(ascii: "5"): return "PGM"
      case UInt8(ascii: "7"): return "PAM"
      default: break
      }
    }
    if text.hasPrefix("#define "), text.contains("_width ") { return "XBM" }
    if end.starts(with: "TRUEVISION-XFILE.\0".utf8) { return "TGA" }
    if start.count >= 16, start.starts(with: "BA".utf8), start[14...15].elementsEqual("BM".utf8) {
      return "a bitmap array of OS/2"
    }
    // PCX: versions 0 to 5, run lengths, a depth that exists.
    if start[0] == 0x0A, start[1] <= 5, start[2] <= 1, [1, 2, 4, 8].contains(start[3]) { return "PCX" }
    // A BITMAPINFOHEADER of one plane without a file header.
    if start.count >= 16, [40, 108, 124].contains(start[0]), start[1...3].allSatisfy({ $0 == 0 }), start[12] == 1,
      start[13] == 0, [1, 4, 8, 16, 24, 32].contains(start[14]), start[15] == 0
    {
      return "a bitmap without the header of a file (DIB)"
    }
    return nil
  }

  // MARK: markup

  private enum Markup { case svg, html, other }

  private static func markup(_ start: [UInt8]) -> Markup? {
    let byteOrderMarks: Set<UInt8> = [0xEF, 0xBB, 0xBF, 0xFE, 0xFF]
    // UTF-16 of markup is ASCII between zeros.
    let body = start.drop { $0 <= 0x20 || byteOrderMarks.contains($0) }.filter { $0 != 0 }
    let text = String(decoding: body, as: UTF8.self).lowercased()
    guard text.hasPrefix("<") else { return nil }
    let words = text.split { !$0.isLetter && $0 != "<" && $0 != "!" }
    for word in words {
      switch word {
      case "<html", "<head", "<body", "html": return .html
      case "<svg", "svg": return .svg
      default: break
      }
    }
    return .other
  }
}
