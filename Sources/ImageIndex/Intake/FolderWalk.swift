#if LocalIndex
  import ImageFormats
  import ImageSearch

  /// Finds the images in a folder. Names are bytes, and paths may be longer than the system accepts in one call.
  struct FolderWalk {
    /// An image file, or a file or folder that could not be read.
    struct Entry: Sendable {
      /// The absolute path.
      var path: [UInt8]
      /// The path within the folder, for instance `a/b.jpg`.
      var relativePath: [UInt8]
      /// The error, if it could not be read; `nil` for an image file.
      var failure: ImageSearchError?
    }

    /// The result of a walk.
    struct Findings: Sendable {
      /// In the order of their names.
      var entries: [Entry] = []
      /// Number of files and folders left out: no images, hidden names, links to folders, pipes and devices.
      var skipped = 0
    }

    let recursive: Bool
    /// The directory of the index, which is skipped: opening and closing the database file in this process would also release SQLite's
    /// locks on it (<https://www.sqlite.org/howtocorrupt.html>, 2.2).
    let ownDirectory: Platform.FileStatus?
    let control: CallControl

    /// Suffixes of image files, including unsupported formats, which the report then lists as such.
    private static let suffixes: Set<String> = [
      "jpg", "jpeg", "jpe", "jfif", "png", "gif", "bmp", "dib", "tif", "tiff", "webp", "heic", "heif", "avif", "jxl",
      "jp2", "j2k",
      "psd", "svg", "ico", "ppm", "pgm", "pbm", "pnm", "tga", "cr2", "cr3", "nef", "arw", "dng", "orf", "raf", "rw2",
    ]
    private static let slash = UInt8(ascii: "/")

    /// A folder whose entries are not all visited yet.
    private struct Level {
      /// Its path within the root, with a slash at the end; empty for the root.
      var prefix: [UInt8]
      var names: ArraySlice<[UInt8]>
    }

    /// Walks through a folder.
    ///
    /// - Throws: ``ImageSearchError/Code/fileNotReadable`` when the folder itself cannot be read, and what ends the call.
    func findings(in folder: [UInt8]) throws -> Findings {
      guard !folder.isEmpty, !folder.contains(0), let root = Platform.absolute(folder) else {
        throw ImageSearchError.unreadable(folder, .last)
      }
      let base = root.last == Self.slash ? root : root + [Self.slash]
      var findings = Findings()
      var levels: [Level] = []
      do {
        levels = [Level(prefix: [], names: try names(root)[...])]
      } catch let failure as Platform.Failure {
        throw ImageSearchError.unreadable(root, failure)
      }
      while let name = next(&levels) {
        try control.check()
        let relative = (levels.last?.prefix ?? []) + name
        var entry = Entry(path: base + relative, relativePath: relative)
        do {
          switch try kind(of: entry.path, name) {
          case .image: findings.entries.append(entry)
          case .skipped: findings.skipped += 1
          case .folder:
            levels.append(Level(prefix: relative + [Self.slash], names: try names(entry.path)[...]))
          }
        } catch let failure as Platform.Failure {
          entry.failure = ImageSearchError.unreadable(entry.path, failure)
          findings.entries.append(entry)
        }
      }
      return findings
    }

    private func next(_ levels: inout [Level]) -> [UInt8]? {
      while let last = levels.indices.last {
        if let name = levels[last].names.popFirst() { return name }
        levels.removeLast()
      }
      return nil
    }

    private enum Kind { case image, folder, skipped }

    private func kind(of path: [UInt8], _ name: [UInt8]) throws -> Kind {
      if name.first == UInt8(ascii: ".") { return .skipped }
      let status = try Platform.status(path, follow: false)
      switch status.kind {
      case .folder:
        return recursive && ownDirectory?.isSameFile(as: status) != true ? .folder : .skipped
      case .other: return .skipped
      case .file: return try isImage(path, name) ? .image : .skipped
      case .link:
        do {
          guard try Platform.status(path).kind == .file else { return .skipped }
        } catch {
          // A dangling or circular link: reported if it has the name of an image, otherwise skipped.
          if Self.hasSuffix(name) { throw error }
          return .skipped
        }
        return try isImage(path, name) ? .image : .skipped
      }
    }

    private func names(_ folder: [UInt8]) throws -> [[UInt8]] {
      let descriptor = try Platform.openFolder(folder)
      defer { Platform.close(descriptor) }
      var names: [[UInt8]] = []
      try Platform.forEachEntry(of: descriptor) { names.append($0) }
      return names.sorted { $0.lexicographicallyPrecedes($1) }
    }

    private static func hasSuffix(_ name: [UInt8]) -> Bool {
      guard let dot = name.lastIndex(of: UInt8(ascii: ".")) else { return false }
      return suffixes.contains(String(decoding: name[(dot + 1)...], as: UTF8.self).lowercased())
    }

    private func isImage(_ path: [UInt8], _ name: [UInt8]) throws -> Bool {
      if Self.hasSuffix(name) { return true }
      let descriptor = try Platform.openForReading(path)
      defer { Platform.close(descriptor) }
      var start = [UInt8](repeating: 0, count: 1024)
      let count = try start.withUnsafeMutableBytes { try Platform.read(descriptor, at: 0, into: $0) }
      return Self.isImage(Array(start.prefix(count)))
    }

    /// Whether the beginning of a file is that of an image, also of an unsupported format.
    private static func isImage(_ start: [UInt8]) -> Bool {
      do {
        _ = try ImageHeader.of(.bytes(start))
        return true
      } catch let error as ImageSearchError {
        return ![.notAnImage, .emptyImage].contains(error.code)
      } catch {
        return false
      }
    }
  }

  extension LocalIndex {
    /// Returns the images in a folder, as ``addFolder(_:batch:options:progress:)`` finds them, in the order of their names. Blocks.
    ///
    /// - Returns: Absolute paths, and the errors of files and folders that could not be read.
    /// - Throws: ``ImageSearchError/Code/fileNotReadable`` when the folder itself cannot be read.
    @_spi(Command) public static func imageFiles(in folder: [UInt8]) throws -> (
      files: [[UInt8]], failures: [ImageSearchError]
    ) {
      let found = try FolderWalk(recursive: true, ownDirectory: nil, control: CallControl()).findings(in: folder)
      return (found.entries.filter { $0.failure == nil }.map(\.path), found.entries.compactMap(\.failure))
    }
  }
#endif
