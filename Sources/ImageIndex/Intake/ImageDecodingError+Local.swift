#if LocalIndex
  import ImageSearch
  import ImageCodecs
  import Rasters

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
          case .outOfMemory: .outOfMemory
          default: .internalFailure
          }
        throw ImageSearchError.local(code, error.message)
      } catch let error as OutOfPixelMemory {
        throw ImageSearchError.local(.outOfMemory, ImageDecodingError(error).message)
      }
    }
  }
#endif
