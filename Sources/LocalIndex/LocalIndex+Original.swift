#if LocalIndex
  import ImageSearch

  extension LocalIndex {
    /// The bytes that a picture was added with, when they came from a file that still has them; `nil` otherwise. Blocks.
    ///
    /// - Throws: what ends the call.
    func original(of record: PictureRecord, control: CallControl) throws -> [UInt8]? {
      guard let path = record.sourcePath else { return nil }
      do {
        let (_, bytes) = try PictureFile.read(path, limit: configuration.maximumPictureBytes, control: control)
        return try bytes.withUnsafeBytes { try Self.digest($0) } == record.digest ? bytes : nil
      } catch let error as ImageSearchError where [.fileNotReadable, .pictureTooLarge].contains(error.code) {
        return nil
      }
    }
  }
#endif
