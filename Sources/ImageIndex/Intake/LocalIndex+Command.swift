#if LocalIndex
  import ImageSearch

  /// What the command needs of this library's inside, and nobody else.
  @_spi(Command) extension LocalIndex {
    /// The images in a folder, as ``addFolder(_:batch:options:progress:)`` finds them, in the order of their names. Blocks.
    ///
    /// - Returns: Absolute paths, and what could not be looked at.
    /// - Throws: ``ImageSearchError/Code/fileNotReadable`` when the folder itself cannot be read.
    public static func imageFiles(in folder: [UInt8]) throws -> (files: [[UInt8]], failures: [ImageSearchError]) {
      let found = try FolderWalk(recursive: true, ownDirectory: nil, control: CallControl()).findings(in: folder)
      return (found.entries.filter { $0.failure == nil }.map(\.path), found.entries.compactMap(\.failure))
    }

    /// The item id, or image name, that stands for the bytes of a path; see ``pathBytes(of:)``.
    public static func pathText(_ path: [UInt8]) -> String { PathName.text(of: path) }
  }
#endif
