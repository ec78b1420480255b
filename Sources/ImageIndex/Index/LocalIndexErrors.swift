import ImageSearch

extension ImageSearchError {
  /// An error of the local index.
  static func local(_ code: Code, _ message: String) -> ImageSearchError {
    ImageSearchError(code, message, service: "LocalIndex")
  }
}

#if LocalIndex
  import CSQLite
  import ImageCodecs
  import Rasters

  /// Maps SQLite's result codes (<https://www.sqlite.org/rescode.html>) to errors.
  enum SQLiteFailure {
    static func error(_ status: Int32, systemError: Int32, detail: String, path: String) -> ImageSearchError {
      let code: ImageSearchError.Code
      let what: String
      switch status & 0xFF {
      case SQLITE_FULL:
        (code, what) = (.diskFull, "No space is left for the index; nothing of the call was stored")
      case SQLITE_IOERR where Platform.Failure(number: systemError).isFull || isLimit(status):
        (code, what) = (.diskFull, "No space is left for the index; nothing of the call was stored")
      case SQLITE_CORRUPT, SQLITE_NOTADB:
        (code, what) = (.indexCorrupt, "The database of the index is damaged")
      case SQLITE_IOERR where [imagesearch_sqlite_short_read, imagesearch_sqlite_corrupt_file_system].contains(status):
        (code, what) = (.indexCorrupt, "The database of the index is cut short")
      case SQLITE_NOMEM:
        (code, what) = (.outOfMemory, "The index got no memory")
      case SQLITE_CANTOPEN where Platform.Failure(number: systemError).isScarcity:
        (code, what) = (.outOfMemory, "The index cannot be opened for want of descriptors")
      case SQLITE_READONLY:
        (code, what) = (
          .indexUnavailable, "The index cannot be written; opened with readOnly (read_only=True) it can be searched"
        )
      case SQLITE_CANTOPEN:
        (code, what) = (.indexUnavailable, "The index cannot be opened")
      case SQLITE_BUSY, SQLITE_LOCKED:
        (code, what) = (.indexUnavailable, "Another process is writing to the index and did not end in time")
      case SQLITE_PERM, SQLITE_AUTH, SQLITE_IOERR, SQLITE_NOLFS, SQLITE_PROTOCOL:
        (code, what) = (.indexUnavailable, "The index cannot be read or written")
      case SQLITE_TOOBIG:
        (code, what) = (.invalidArgument, "A value is larger than the index can hold")
      default:
        (code, what) = (.internalFailure, "The index failed")
      }
      var message = "\(what): \(path): \(detail) (SQLite \(status)"
      if systemError != 0 { message += ", errno \(systemError)" }
      return ImageSearchError.local(code, message + ")")
    }

    /// Whether a write failed because of the process's limit of file size: SQLite does not keep the system's error in
    /// that case.
    private static func isLimit(_ status: Int32) -> Bool {
      imagesearch_sqlite_is_writing(status) != 0 && Platform.limitsFileSize
    }
  }

  extension ImageDecodingError {
    /// Runs decoding code, and maps its errors to the library's.
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
