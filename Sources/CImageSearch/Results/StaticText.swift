import ImageSearch

/// Texts that are created once and never freed: the header promises static text.
enum StaticText {
  nonisolated(unsafe) static let version = make(LibraryVersion.text)
  nonisolated(unsafe) static let buildInfo = make(BuildInfo.lines)
  private nonisolated(unsafe) static let ok = make("ok")
  private nonisolated(unsafe) static let unknown = make("unknown")
  private nonisolated(unsafe) static let statuses = ImageSearchError.Code.names.mapValues(make)

  static func name(of status: Int32) -> UnsafePointer<CChar> {
    status == 0 ? ok : statuses[ImageSearchError.Code(rawValue: status)] ?? unknown
  }

  private static func make(_ text: String) -> UnsafePointer<CChar> {
    let bytes = Array(text.utf8CString)
    let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
    copy.initialize(from: bytes, count: bytes.count)
    return UnsafePointer(copy)
  }
}
