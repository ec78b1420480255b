#if LocalIndex
  import Glibc
  import ImageSearch
  import ImageFormats

  /// Finds the images in a folder.
  struct FolderWalk {
    /// A file, and where it is within the folder.
    struct File: Sendable {
      var path: String
      /// Within the folder, for instance `a/b.jpg`.
      var relativePath: String
    }

    let recursive: Bool
    let control: CallControl

    private static let suffixes: Set<String> = [
      "jpg", "jpeg", "jpe", "jfif", "png", "gif", "bmp", "dib", "tif", "tiff", "webp",
    ]

    /// The files with the name of an image, and those without that begin like one; in the order of their names. What begins
    /// with a dot is left out.
    ///
    /// - Throws: ``ImageSearchError/Code/fileNotReadable`` when the folder itself cannot be read, and what ends the call.
    func files(in folder: String) throws -> [File] {
      var found: [File] = []
      try walk(folder, "", isTop: true, &found)
      return found
    }

    private func walk(_ folder: String, _ prefix: String, isTop: Bool, _ found: inout [File]) throws {
      guard let stream = opendir(folder) else {
        // A folder below that may not be read is passed by like a file that is no image.
        guard isTop else { return }
        throw ImageSearchError.local(
          .fileNotReadable, "The folder \(folder) cannot be read: \(String(cString: strerror(errno)))")
      }
      var names: [String] = []
      while let entry = readdir(stream) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if !name.hasPrefix(".") { names.append(name) }
      }
      closedir(stream)
      for name in names.sorted() {
        try control.check()
        let path = folder + "/" + name
        var status = stat()
        guard lstat(path, &status) == 0 else { continue }
        if status.st_mode & S_IFMT == S_IFDIR {
          if recursive { try walk(path, prefix + name + "/", isTop: false, &found) }
          continue
        }
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, Self.isImage(path, name) else { continue }
        found.append(File(path: path, relativePath: prefix + name))
      }
    }

    private static func isImage(_ path: String, _ name: String) -> Bool {
      if let dot = name.lastIndex(of: "."), suffixes.contains(name[name.index(after: dot)...].lowercased()) {
        return true
      }
      let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
      guard descriptor >= 0 else { return false }
      defer { close(descriptor) }
      var start = [UInt8](repeating: 0, count: 32)
      let count = read(descriptor, &start, start.count)
      return count > 0
        && start.withUnsafeBytes { ImageFormat(beginning: Array($0[0..<count])) } != nil
    }
  }
#endif
