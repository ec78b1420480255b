#if LocalIndex
  import CPictureCodecs

  extension PictureDecodingError {
    /// What a function of CPictureCodecs reported, with the library's own words.
    init(_ status: picture_status, _ failure: picture_failure, _ format: String) {
      let words = withUnsafeBytes(of: failure.message) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      let message = "\(format): \(words)"
      switch status {
      case PICTURE_TRUNCATED: self.init(.truncated, message)
      case PICTURE_UNSUPPORTED: self.init(.unsupportedFormat, message)
      case PICTURE_TOO_LARGE: self.init(.tooLarge, message, field: "workingMemory")
      case PICTURE_NO_MEMORY: self.init(.outOfMemory, message)
      default: self.init(.corrupt, message)
      }
    }
  }

  extension UnsafeRawBufferPointer {
    /// The bytes as the C interface takes them.
    var octets: UnsafePointer<UInt8>? { baseAddress?.assumingMemoryBound(to: UInt8.self) }
  }
#endif
