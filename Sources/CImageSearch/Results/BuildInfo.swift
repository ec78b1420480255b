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
