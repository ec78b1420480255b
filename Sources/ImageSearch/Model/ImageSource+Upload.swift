/// What an upload needs to know of an image.
extension ImageSource {
  /// The URL of an image on the web.
  package var url: String? {
    if case .url(let address) = storage { address } else { nil }
  }

  /// A file name to send along, without directories and control characters; `nil` when there is none.
  package var fileName: String? {
    let path: String?
    switch storage {
    case .url: path = nil
    case .file(let file, let name): path = name ?? file
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
    var bytes = [UInt8](repeating: 0, count: body.length)
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
