#if LocalIndex
  import ImageSearch

  extension LocalIndex {
    /// The bytes of a path within a folder, from the item id or image name that
    /// ``addFolder(_:batch:options:progress:)`` derived from it.
    ///
    /// File names are bytes, item ids are text. A byte that is not UTF-8 is written `\xNN`, with `NN` in upper-case
    /// hexadecimal digits, and a backslash that would begin such an escape is written `\x5C`: so different names have
    /// different texts, and the text of a UTF-8 name is nearly always the name itself.
    public static func pathBytes(of id: String) -> [UInt8] { PathName.bytes(of: id) }

    /// The item id or image name of a path; the inverse of ``pathBytes(of:)``.
    @_spi(Command) public static func id(ofPath path: [UInt8]) -> String { PathName.text(of: path) }

    /// An item with one image, a file; the image name is the file name.
    ///
    /// - Throws: ``ImageSearchError/Code/invalidArgument`` for a path without a file name.
    package static func item(
      ofFile path: [UInt8], itemID: String, category: String?, customContent: String?
    ) throws -> ImageItem {
      let name = PathName.text(of: path[((path.lastIndex(of: UInt8(ascii: "/")) ?? -1) + 1)...])
      guard !name.isEmpty else { throw ImageSearchError.local(.invalidArgument, "path names no file") }
      return ImageItem(
        itemID: itemID, images: [.init(name: name, source: .file(pathBytes: path))], category: category,
        customContent: customContent)
    }
  }
#endif
