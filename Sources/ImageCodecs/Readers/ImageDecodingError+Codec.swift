#if LocalIndex
  import CImageCodecs

  extension ImageDecodingError {
    /// What a function of CImageCodecs reported, with the library's own words.
    init(_ status: image_status, _ failure: image_failure, _ format: String) {
      let words = withUnsafeBytes(of: failure.message) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      let message = "\(format): \(words)"
      switch status {
      case IMAGE_TRUNCATED: self.init(.truncated, message)
      case IMAGE_UNSUPPORTED: self.init(.unsupportedFormat, message)
      case IMAGE_TOO_LARGE: self.init(.tooLarge, message, field: "workingMemory")
      case IMAGE_NO_MEMORY: self.init(.outOfMemory, message)
      default: self.init(.corrupt, message)
      }
    }
  }

  extension UnsafeRawBufferPointer {
    /// The bytes as the C interface takes them.
    var octets: UnsafePointer<UInt8>? { baseAddress?.assumingMemoryBound(to: UInt8.self) }
  }
#endif
