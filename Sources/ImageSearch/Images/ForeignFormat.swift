/// What is recognised only in order to say what it is: images that no service here takes, and files that people take for
/// images. Nothing of the file itself is quoted, for it may be anything, a key among them.
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

  /// The error for a file that begins with these bytes and is of no format that is read.
  static func refusal(of start: [UInt8]) -> ImageSearchError {
    if let refusal = isoMediaRefusal(start) { return refusal }
    if let found = signatures.first(where: { start.dropFirst($0.offset).starts(with: $0.mark) }) {
      return found.isImage ? unsupported(found.name) : noImage(found.name)
    }
    switch markup(start) {
    case .svg: return unsupported("SVG")
    case .html: return noImage("an HTML page")
    case .other: return noImage("text with markup")
    case nil: return ImageSearchError(.notAnImage, "the bytes are no image of a known format")
    }
  }

  private static func unsupported(_ name: String) -> ImageSearchError {
    ImageSearchError(.unsupportedFormat, "the image is \(name), which is not taken; known are \(knownNames)")
  }

  private static func noImage(_ name: String) -> ImageSearchError {
    ImageSearchError(.notAnImage, "this is \(name), not an image")
  }

  private static let knownNames = ImageFormat.all.map(\.name).joined(separator: ", ")

  private static let signatures: [ForeignFormat] = [
    .init("JPEG XL", [0xFF, 0x0A]),
    .init("JPEG XL", [0, 0, 0, 0x0C, 0x4A, 0x58, 0x4C, 0x20, 0x0D, 0x0A, 0x87, 0x0A]),
    .init("JPEG 2000", [0, 0, 0, 0x0C, 0x6A, 0x50, 0x20, 0x20, 0x0D, 0x0A, 0x87, 0x0A]),
    .init("JPEG 2000", [0xFF, 0x4F, 0xFF, 0x51]),
    .init("JPEG XR", [0x49, 0x49, 0xBC]),
    .init("BigTIFF", [0x49, 0x49, 0x2B, 0]),
    .init("BigTIFF", [0x4D, 0x4D, 0, 0x2B]),
    .init("a Canon raw image (CR2)", [0x49, 0x49, 0x2A, 0]),
    .init("a Canon raw image (CR2)", [0x4D, 0x4D, 0, 0x2A]),
    .init("an icon (ICO)", [0, 0, 1, 0]),
    .init("a cursor (CUR)", [0, 0, 2, 0]),
    .init("a Photoshop document (PSD)", "8BPS"),
    .init("a GIMP image (XCF)", "gimp xcf"),
    .init("OpenEXR", [0x76, 0x2F, 0x31, 0x01]),
    .init("Radiance HDR", "#?RADIANCE"),
    .init("QOI", "qoif"),
    .init("DDS", "DDS "),
    .init("BPG", [0x42, 0x50, 0x47, 0xFB]),
    .init("MNG", [0x8A, 0x4D, 0x4E, 0x47]),
    .init("JNG", [0x8B, 0x4A, 0x4E, 0x47]),
    .init("XPM", "/* XPM */"),
    .init("a Windows metafile (WMF)", [0xD7, 0xCD, 0xC6, 0x9A]),
    .init("a Windows metafile (EMF)", " EMF", at: 40),
    .init("PBM", "P1\n"), .init("PBM", "P4\n"), .init("PGM", "P2\n"), .init("PGM", "P5\n"), .init("PAM", "P7\n"),
    .init("a PDF document", "%PDF-", isImage: false),
    .init("a PostScript document", "%!PS", isImage: false),
    .init("a ZIP archive", [0x50, 0x4B, 3, 4], isImage: false),
    .init("gzip data", [0x1F, 0x8B], isImage: false),
    .init("a Matroska or WebM video", [0x1A, 0x45, 0xDF, 0xA3], isImage: false),
    .init("an AVI video", "AVI ", at: 8, isImage: false),
    .init("a WAVE sound", "WAVE", at: 8, isImage: false),
  ]

  // MARK: ISO base media files

  /// HEIC, AVIF and their kin by the brands of their file type box (ISO/IEC 14496-12 section 4.3).
  private static func isoMediaRefusal(_ start: [UInt8]) -> ImageSearchError? {
    guard start.count >= 12, start[4..<8].elementsEqual("ftyp".utf8) else { return nil }
    let boxSize = start[..<4].reduce(0) { $0 << 8 | Int($1) }
    let end = min(start.count, max(boxSize, 12))
    // The major brand, then, behind a version number, the compatible ones.
    let offsets = [8] + stride(from: 16, to: end - 3, by: 4)
    let brands = offsets.map { String(decoding: start[$0..<($0 + 4)], as: UTF8.self) }
    if let name = brands.lazy.compactMap({ isoMediaNames[$0] }).first { return unsupported(name) }
    // HEIC and AVIF carry this general brand too, hence last.
    if brands.contains("mif1") || brands.contains("msf1") { return unsupported("HEIF") }
    return noImage("a video or another ISO media file (MP4, MOV …)")
  }

  private static let isoMediaNames: [String: String] = [
    "avif": "AVIF", "avis": "AVIF", "heic": "HEIC", "heix": "HEIC", "heim": "HEIC", "heis": "HEIC", "hevc": "HEIC",
    "hevx": "HEIC", "crx ": "a Canon raw image (CR3)",
  ]

  // MARK: markup

  private enum Markup { case svg, html, other }

  private static func markup(_ start: [UInt8]) -> Markup? {
    let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let body = start.drop { $0 <= 0x20 || byteOrderMark.contains($0) }
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
