import FoundationEssentials
import Rasters

/// An image to search with or to add: a URL, a file, or bytes.
public struct ImageSource: Sendable {
  package enum Storage: Sendable {
    case url(String)
    /// The path as the system has it, and a name that takes the place of its last part.
    case file(path: [UInt8], name: String?)
    case bytes(ImageBytes, name: String?)
  }

  package let storage: Storage
  /// An image on the web. A service that searches by URL fetches it itself; for others it is fetched here and uploaded.
  ///
  /// - Parameter address: an absolute http or https URL; characters that a URL must not contain are encoded as a
  ///   browser does. A `data:` URL contains the image itself.
  public static func url(_ address: String) -> ImageSource {
    if let bytes = DataURL.decode(address) { return .bytes(bytes) }
    // An invalid URL is refused by the call that receives it, which knows its purpose.
    return ImageSource(storage: .url((try? URLSpelling.onTheWire(address, field: "image URL")) ?? address))
  }

  /// An image in a file, which is read while it is sent.
  ///
  /// - Parameters:
  ///   - path: the path; the file must not change until the call ends.
  ///   - name: a file name to send along; `nil` takes the path's last part.
  public static func file(_ path: String, name: String? = nil) -> ImageSource {
    .file(pathBytes: Array(path.utf8), name: name)
  }

  /// An image in a file whose path need not be UTF-8.
  ///
  /// - Parameters:
  ///   - path: the path in the file system's bytes.
  ///   - name: a file name to send along; `nil` takes the path's last part, in which a byte that is not UTF-8 is `\xNN`.
  public static func file(pathBytes path: [UInt8], name: String? = nil) -> ImageSource {
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

  /// An image on the web, or, with a URL that begins with `file:`, in a file.
  ///
  /// - Parameter address: an absolute http, https or file URL.
  public static func url(_ address: URL) -> ImageSource {
    address.isFileURL ? .file(address.path) : .url(address.absoluteString)
  }

  /// An image in a file, which is read while it is sent; see ``file(_:name:)-(String,_)``.
  public static func file(_ address: URL, name: String? = nil) -> ImageSource { .file(address.path, name: name) }

  /// An image in memory, which is copied.
  ///
  /// - Parameters:
  ///   - data: the encoded image (JPEG, PNG …), not pixels.
  ///   - name: a file name to send along.
  public static func bytes(_ data: Data, name: String? = nil) -> ImageSource { .bytes([UInt8](data), name: name) }

  /// An image in memory that the caller owns and keeps until the call has returned.
  package static func borrowed(_ bytes: UnsafeRawBufferPointer, name: String?) -> ImageSource {
    ImageSource(storage: .bytes(ImageBytes(borrowing: bytes), name: name))
  }

  /// Returns the image for work that may outlive the call: borrowed bytes are copied.
  ///
  /// - Throws: ``ImageSearchError/Code/outOfMemory``.
  package func kept() throws(ImageSearchError) -> ImageSource {
    guard case .bytes(let bytes, let name) = storage else { return self }
    return ImageSource(storage: .bytes(try bytes.kept(), name: name))
  }
}

// MARK: - What a service needs of an image

extension ImageSource {
  /// The URL of an image on the web; `nil` for a file and for bytes.
  public var url: String? {
    if case .url(let address) = storage { address } else { nil }
  }

  /// The path of a file in the file system's bytes.
  package var pathBytes: [UInt8]? {
    if case .file(let path, _) = storage { path } else { nil }
  }

  /// A file name to send along, without directories and control characters; `nil` when there is none.
  package var fileName: String? {
    let path: String?
    switch storage {
    case .url: path = nil
    case .file(let file, let name): path = name ?? PathName.readable(file)
    case .bytes(_, let name): path = name
    }
    guard let last = path?.split(separator: "/").last else { return nil }
    let scalars = last.unicodeScalars.filter { $0.value >= 32 && $0.value != 127 }.prefix(255)
    return scalars.isEmpty ? nil : String(String.UnicodeScalarView(scalars))
  }

  /// The image as a body, produced while it is sent.
  ///
  /// - Throws: ``ImageSearchError/Code/fileNotReadable``; ``ImageSearchError/Code/invalidArgument`` for a URL.
  package func body() throws -> any TransportBody {
    switch storage {
    case .url: throw ImageSearchError(.invalidArgument, "a URL has to be fetched before it can be uploaded")
    case .file(let path, _): try FileBody(path: path)
    case .bytes(let bytes, _): BytesBody(bytes)
    }
  }

  /// All bytes of the image.
  ///
  /// - Parameter limit: a larger image is refused.
  /// - Throws: ``ImageSearchError/Code/imageTooLarge``, ``ImageSearchError/Code/fileNotReadable``;
  ///   ``ImageSearchError/Code/invalidArgument`` for a URL.
  package func contents(upTo limit: Int) throws -> [UInt8] {
    let body = try body()
    guard body.length <= limit else {
      throw ImageSearchError(.imageTooLarge, "the image has \(body.length) bytes; the limit is \(limit)")
    }
    let reader = try body.makeReader()
    var bytes = try Memory.bytes(body.length, for: "an image")
    var filled = 0
    while filled < bytes.count {
      let count = try bytes.withUnsafeMutableBytes {
        try reader.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[filled...]))
      }
      guard count > 0 else { throw ImageSearchError(.fileNotReadable, "the image became shorter while it was read") }
      filled += count
    }
    return bytes
  }
}

/// The bytes of an encoded image, owned or borrowed: a blocking call from C sends what the caller holds without a copy.
package final class ImageBytes: Sendable {
  private let owned: [UInt8]
  // Read only, and the call that borrowed it does not return while it is still being read.
  private nonisolated(unsafe) let borrowed: UnsafeRawBufferPointer?
  /// Keeps the borrowed bytes alive.
  private let owner: (any AnyObject & Sendable)?

  package init(_ bytes: [UInt8]) {
    owned = bytes
    borrowed = nil
    owner = nil
  }

  /// - Parameter owner: what keeps the bytes alive; `nil` when the caller does.
  package init(borrowing bytes: UnsafeRawBufferPointer, of owner: (any AnyObject & Sendable)? = nil) {
    owned = []
    borrowed = bytes
    self.owner = owner
  }

  package var count: Int { borrowed?.count ?? owned.count }

  /// Returns these bytes, or a copy if they are borrowed.
  ///
  /// - Throws: ``ImageSearchError/Code/outOfMemory``.
  fileprivate func kept() throws(ImageSearchError) -> ImageBytes {
    guard let borrowed, owner == nil else { return self }
    let copy: LargeBuffer<UInt8>
    do {
      copy = try LargeBuffer<UInt8>(count: borrowed.count)
    } catch {
      throw ImageSearchError(.outOfMemory, "no memory for the \(borrowed.count) bytes of an image")
    }
    UnsafeMutableRawBufferPointer(copy.elements).copyMemory(from: borrowed)
    return ImageBytes(borrowing: UnsafeRawBufferPointer(copy.elements), of: copy)
  }

  package func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    if let borrowed { return try withExtendedLifetime(self) { try body(borrowed) } }
    return try owned.withUnsafeBytes(body)
  }
}

/// Fetches an image from the web for a service that accepts bytes only: the local index, and providers without search
/// by URL.
///
/// Implemented by the core's own HTTP client; tests substitute their own.
package protocol ImageFetching: Sendable {
  /// The bytes behind an address.
  ///
  /// - Parameters:
  ///   - url: an absolute http or https URL.
  ///   - options: time limits of the call; `nil` means the fetcher's default.
  /// - Throws: ``ImageSearchError``, for instance ``ImageSearchError/Code/invalidURL``,
  ///   ``ImageSearchError/Code/urlNotFetched`` and ``ImageSearchError/Code/addressRefused``.
  func fetch(_ url: String, options: CallOptions) async throws -> [UInt8]
}
