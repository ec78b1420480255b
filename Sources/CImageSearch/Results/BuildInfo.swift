import CImageSearchHeader
import ImageSearch

#if LocalIndex
  import ImageIndex
#endif

/// The versions of the library and of what it uses, one `name value` pair per line.
enum BuildInfo {
  static var lines: String {
    var parts = [("imagesearch", LibraryVersion.text), ("abi", "\(IMAGESEARCH_ABI_VERSION)")]
    parts += LinkedLibraries.versions
    #if LocalIndex
      parts.append(("local-index", "yes"))
      parts += LocalIndex.linkedLibraries
    #else
      parts.append(("local-index", "no"))
    #endif
    return parts.map { "\($0) \($1)\n" }.joined()
  }
}

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
