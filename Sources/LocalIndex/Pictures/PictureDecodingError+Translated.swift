#if LocalIndex
  import ImageSearch
  import PictureCodecs

  extension PictureDecodingError {
    /// Runs what decodes; its errors come out in the terms of the library.
    static func translated<Value>(_ body: () throws -> Value) throws -> Value {
      do {
        return try body()
      } catch let error as PictureDecodingError {
        let code: ImageSearchError.Code =
          switch error.code {
          case .empty: .emptyPicture
          case .notAPicture: .notAPicture
          case .unsupportedFormat: .unsupportedFormat
          case .truncated, .corrupt: .corruptPicture
          case .tooLarge: .pictureTooLarge
          case .tooSmall: .pictureTooSmall
          default: .internalFailure
          }
        throw ImageSearchError.local(code, error.message)
      }
    }
  }
#endif
