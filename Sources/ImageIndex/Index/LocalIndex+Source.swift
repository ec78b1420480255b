#if LocalIndex
  import ImageSearch

  extension LocalIndex {
    /// The source with a URL replaced by the bytes behind it.
    ///
    /// - Throws: ``ImageSearchError/Code/unsupported`` without a fetcher, and what the fetcher throws.
    func fetched(_ source: ImageSource, options: CallOptions, control: CallControl) async throws -> ImageSource {
      guard case .url(let address) = source.storage else { return source }
      guard let fetcher = configuration.fetcher else { throw unsupported("fetch an image by its URL") }
      return .bytes(try await fetcher.fetch(address, options: options.begun(control.deadline)))
    }

    /// The bytes of a source that is not a URL. Blocks.
    func load(_ source: ImageSource, control: CallControl) throws -> (ImageBytes, ImageFile?) {
      switch source.storage {
      case .bytes(let bytes, _): return (bytes, nil)
      case .file(let path, _):
        let (file, bytes) = try ImageFile.read(path, limit: configuration.maximumImageBytes, control: control)
        return (ImageBytes(bytes), file)
      case .url: throw unsupported("fetch an image by its URL")
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
