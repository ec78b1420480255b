#if LocalIndex
  import ImageSearch

  extension LocalIndex {
    /// The bytes of a path within a folder from the item id, or the image name, that ``addFolder(_:batch:options:progress:)`` made of
    /// it.
    ///
    /// Names of files are bytes; item ids are text. A byte that is not UTF-8 is `\xNN` in the text, `NN` in upper-case hexadecimal
    /// digits, and a backslash that would read as the beginning of such an escape is `\x5C`: so every name has a text of its own, and
    /// a name that is UTF-8 nearly always is its own text.
    public static func pathBytes(of id: String) -> [UInt8] { PathName.bytes(of: id) }

    /// The item id, or image name, that a path becomes; the reverse of ``pathBytes(of:)``.
    @_spi(Command) public static func id(ofPath path: [UInt8]) -> String { PathName.text(of: path) }

    /// An item with the image in a file, which is named as the file.
    ///
    /// - Throws: ``ImageSearchError/Code/invalidArgument`` for a path that names no file.
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
