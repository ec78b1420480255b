#if LocalIndex
  import ImageSearch
  import ImageCodecs

  extension ImageDecodingError {
    /// Runs what decodes; its errors come out in the terms of the library.
    static func translated<Value>(_ body: () throws -> Value) throws -> Value {
      do {
        return try body()
      } catch let error as ImageDecodingError {
        let code: ImageSearchError.Code =
          switch error.code {
          case .empty: .emptyImage
          case .notAnImage: .notAnImage
          case .unsupportedFormat: .unsupportedFormat
          case .truncated, .corrupt: .corruptImage
          case .tooLarge: .imageTooLarge
          case .tooSmall: .imageTooSmall
          default: .internalFailure
          }
        throw ImageSearchError.local(code, error.message)
      }
    }
  }
#endif
