/// An image to search with or to add: a URL, a file, or bytes.
public struct ImageSource: Sendable {
  package enum Storage: Sendable {
    case url(String)
    case file(path: String, name: String?)
    case bytes(ImageBytes, name: String?)
  }

  package let storage: Storage

  /// An image on the web. Services that search by URL fetch it themselves; the others have it fetched here and uploaded.
  ///
  /// - Parameter address: an absolute http or https URL, percent-encoded once.
  public static func url(_ address: String) -> ImageSource { ImageSource(storage: .url(address)) }

  /// An image in a file, which is read while it is sent.
  ///
  /// - Parameters:
  ///   - path: the path; the file must not change until the call ends.
  ///   - name: a file name to send along; `nil` takes the path's last part.
  public static func file(_ path: String, name: String? = nil) -> ImageSource {
    ImageSource(storage: .file(path: path, name: name))
  }

  /// An image in memory.
  ///
  /// - Parameters:
  ///   - bytes: the encoded image (JPEG, PNG …), not pixels.
  ///   - name: a file name to send along.
  public static func bytes(_ bytes: [UInt8], name: String? = nil) -> ImageSource {
    ImageSource(storage: .bytes(ImageBytes(bytes), name: name))
  }

  /// An image in memory that somebody else owns and keeps until the call has returned.
  package static func borrowed(_ bytes: UnsafeRawBufferPointer, name: String?) -> ImageSource {
    ImageSource(storage: .bytes(ImageBytes(borrowing: bytes), name: name))
  }
}
