#if LocalIndex
  import ImageSearch

  extension LocalIndex {
    /// The bytes that an image was added with, when they came from a file that still has them; `nil` otherwise. Blocks.
    ///
    /// - Throws: what ends the call.
    func original(of record: ImageRecord, control: CallControl) throws -> [UInt8]? {
      guard let path = record.sourcePath.flatMap({ String(validating: $0, as: UTF8.self) }) else { return nil }
      do {
        let (_, bytes) = try ImageFile.read(path, limit: configuration.maximumImageBytes, control: control)
        return try bytes.withUnsafeBytes { try Self.digest($0) } == record.digest ? bytes : nil
      } catch let error as ImageSearchError where [.fileNotReadable, .imageTooLarge].contains(error.code) {
        return nil
      }
    }
  }
#endif
