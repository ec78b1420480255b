import ImageSearch
import Rasters

/// The path, size and modification time of an image's file, which show whether it has changed.
struct ImageFile: Sendable {
  /// The absolute path, which need not be UTF-8. `nil` for a file without a name: one that was deleted while it is open, or that never had
  /// one.
  var path: [UInt8]?
  var byteCount: Int
  /// When the content was last changed, in nanoseconds since 1970.
  var modificationTime: Int64

  /// Returns the present state of a file, without reading it.
  ///
  /// - Throws: ``ImageSearchError/Code/fileNotReadable``.
  init(path: [UInt8]) throws {
    do {
      try self.init(path: path, try Platform.status(path))
    } catch let failure as Platform.Failure {
      throw ImageSearchError.unreadable(path, failure)
    }
  }

  private init(path: [UInt8], _ status: Platform.FileStatus) throws {
    // Reading from a pipe or a device might block forever.
    guard status.kind == .file else {
      throw ImageSearchError.local(.fileNotReadable, "\(PathName.text(of: path)) is not a file")
    }
    byteCount = status.size
    modificationTime = status.modified
    if let absolute = Platform.absolute(path) {
      let found = try? Platform.status(absolute)
      self.path = found?.isSameFile(as: status) == true ? absolute : nil
    } else {
      // Too long for the system to resolve links in it.
      self.path = path.first == UInt8(ascii: "/") && path.count > Platform.longestPath ? path : nil
    }
  }

  /// Reads a file.
  ///
  /// - Throws: ``ImageSearchError/Code/fileNotReadable``, ``ImageSearchError/Code/imageTooLarge``,
  ///   ``ImageSearchError/Code/outOfMemory``, and what ends the call.
  static func read(_ path: [UInt8], limit: Int, control: CallControl) throws -> (ImageFile, ImageBytes) {
    do {
      let descriptor = try Platform.openForReading(path)
      defer { Platform.close(descriptor) }
      let file = try ImageFile(path: path, try Platform.status(of: descriptor))
      guard file.byteCount <= limit else {
        throw ImageSearchError.local(
          .imageTooLarge,
          "\(PathName.text(of: path)) has \(file.byteCount) bytes, the limit is maximumImageBytes = \(limit)")
      }
      // Not an array: malloc would keep its memory in the arena of each reading thread.
      let buffer = try LargeBuffer<UInt8>(count: file.byteCount)
      let target = UnsafeMutableRawBufferPointer(buffer.elements)
      var count = 0
      while count < target.count {
        try control.check()
        let piece = target[count..<min(target.count, count + 1 << 20)]
        let got = try Platform.read(descriptor, at: count, into: UnsafeMutableRawBufferPointer(rebasing: piece))
        if got == 0 { break }
        count += got
      }
      return (file, ImageBytes(borrowing: UnsafeRawBufferPointer(rebasing: target[..<count]), of: buffer))
    } catch let error as OutOfPixelMemory {
      throw ImageSearchError.local(
        .outOfMemory, "the system has no memory for the \(error.byteCount) bytes of an image")
    } catch let failure as Platform.Failure {
      throw ImageSearchError.unreadable(path, failure)
    }
  }
}

extension ImageSearchError {
  /// The error for a file or folder that cannot be read.
  static func unreadable(_ path: [UInt8], _ failure: Platform.Failure) -> ImageSearchError {
    .local(
      failure.isScarcity ? .outOfMemory : .fileNotReadable,
      "\(PathName.text(of: path)) cannot be read: \(failure.text)")
  }
}

#if LocalIndex
  extension LocalIndex {
    /// Returns a source that is safe to use on a worker, which may outlive the call: a URL is fetched, and bytes that are borrowed for the
    /// duration of the call are copied.
    ///
    /// - Throws: ``ImageSearchError/Code/unsupported`` without a fetcher, the errors of the fetcher, and
    ///   ``ImageSearchError/Code/outOfMemory``.
    func fetched(_ source: ImageSource, options: CallOptions, control: CallControl) async throws -> ImageSource {
      guard case .url(let address) = source.storage else { return try source.kept() }
      guard let fetcher = configuration.fetcher else { throw unsupported("fetch an image by its URL") }
      return .bytes(try await fetcher.fetch(address, options: options.begun(control.deadline)))
    }

    /// Reads the bytes of a source that is not a URL. Blocks.
    func load(_ source: ImageSource, control: CallControl) throws -> (ImageBytes, ImageFile?) {
      switch source.storage {
      case .bytes(let bytes, _): return (bytes, nil)
      case .file(let path, _):
        let (file, bytes) = try ImageFile.read(path, limit: configuration.maximumImageBytes, control: control)
        return (bytes, file)
      case .url: throw unsupported("fetch an image by its URL")
      }
    }

    /// Returns the bytes of the file that an image was added from, if they are unchanged; `nil` otherwise. Blocks.
    ///
    /// - Throws: what ends the call.
    func original(of record: ImageRecord, control: CallControl) throws -> [UInt8]? {
      guard let path = record.sourcePath else { return nil }
      do {
        let (_, bytes) = try ImageFile.read(path, limit: configuration.maximumImageBytes, control: control)
        return try bytes.withUnsafeBytes { try Self.digest($0) == record.digest ? Array($0) : nil }
      } catch let error as ImageSearchError where [.fileNotReadable, .imageTooLarge].contains(error.code) {
        return nil
      }
    }

    /// SHA-256.
    static func digest(_ bytes: UnsafeRawBufferPointer) throws -> [UInt8] {
      var context = try Digest.HashContext(.sha256)
      try context.update(bytes)
      return try context.finish()
    }
  }
#endif
