#if LocalIndex
  import CImageCodecs

  extension ImageDecodingError {
    /// The error of a function of CImageCodecs, with the library's message.
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
    /// The bytes in the form of the C interface.
    var octets: UnsafePointer<UInt8>? { baseAddress?.assumingMemoryBound(to: UInt8.self) }
  }
#endif
