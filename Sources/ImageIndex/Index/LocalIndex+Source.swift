#if LocalIndex
  import ImageSearch

  extension LocalIndex {
    /// The source for a worker, which may still be at it when the call has returned: a URL is replaced by the bytes behind it, and bytes
    /// that are lent for the length of the call are copied.
    ///
    /// - Throws: ``ImageSearchError/Code/unsupported`` without a fetcher, what the fetcher throws, and
    ///   ``ImageSearchError/Code/outOfMemory``.
    func fetched(_ source: ImageSource, options: CallOptions, control: CallControl) async throws -> ImageSource {
      guard case .url(let address) = source.storage else { return try source.kept() }
      guard let fetcher = configuration.fetcher else { throw unsupported("fetch an image by its URL") }
      return .bytes(try await fetcher.fetch(address, options: options.begun(control.deadline)))
    }

    /// The bytes of a source that is not a URL. Blocks.
    func load(_ source: ImageSource, control: CallControl) throws -> (ImageBytes, ImageFile?) {
      switch source.storage {
      case .bytes(let bytes, _): return (bytes, nil)
      case .file(let path, _):
        let (file, bytes) = try ImageFile.read(path, limit: configuration.maximumImageBytes, control: control)
        return (bytes, file)
      case .url: throw unsupported("fetch an image by its URL")
      }
    }

    /// The bytes that an image was added with, when they came from a file that still has them; `nil` otherwise. Blocks.
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
