/// The body of a request. It is produced while it is sent, again for every attempt.
public protocol TransportBody: Sendable {
  /// Length in bytes, which must be known before the first byte is sent.
  var length: Int { get }
  /// A reader at the first byte.
  ///
  /// - Throws: ``ImageSearchError/Code/fileNotReadable``.
  func makeReader() throws -> any TransportBodyReader
}

/// One pass over a body, by one thread at a time.
public protocol TransportBodyReader: AnyObject {
  /// Fills the buffer from its start; may block for disk I/O only.
  ///
  /// - Returns: how many bytes were written; 0 at the end, after exactly ``TransportBody/length`` bytes.
  /// - Throws: ``ImageSearchError/Code/fileNotReadable``.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
}

/// A body of bytes in memory.
package struct BytesBody: TransportBody {
  private let bytes: ImageBytes

  package init(_ bytes: [UInt8]) { self.bytes = ImageBytes(bytes) }
  package init(_ bytes: ImageBytes) { self.bytes = bytes }

  package var length: Int { bytes.count }
  package func makeReader() -> any TransportBodyReader { Reader(bytes) }

  private final class Reader: TransportBodyReader {
    private let bytes: ImageBytes
    private var position = 0

    init(_ bytes: ImageBytes) { self.bytes = bytes }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
      bytes.withUnsafeBytes { source in
        let count = min(buffer.count, source.count - position)
        guard count > 0 else { return 0 }
        buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[position..<position + count]))
        position += count
        return count
      }
    }
  }
}

/// A concatenation of bodies.
package struct JoinedBody: TransportBody {
  private let parts: [any TransportBody]
  package let length: Int

  package init(_ parts: [any TransportBody]) {
    self.parts = parts
    length = parts.reduce(0) { $0 + $1.length }
  }

  package func makeReader() throws -> any TransportBodyReader { Reader(parts) }

  private final class Reader: TransportBodyReader {
    private var waiting: ArraySlice<any TransportBody>
    private var current: (any TransportBodyReader)?

    init(_ parts: [any TransportBody]) { waiting = parts[...] }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
      while true {
        if current == nil {
          guard let next = waiting.popFirst() else { return 0 }
          current = try next.makeReader()
        }
        if let count = try current?.read(into: buffer), count > 0 { return count }
        current = nil
      }
    }
  }
}

extension TransportBody {
  /// Computes the digest in one pass over the body, 64 KiB at a time, without holding it in memory.
  ///
  /// - Throws: ``ImageSearchError/Code/fileNotReadable``, ``ImageSearchError/Code/internalFailure``.
  package func digest(_ digest: Digest) throws -> [UInt8] {
    var context = try Digest.HashContext(digest)
    let reader = try makeReader()
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = try buffer.withUnsafeMutableBytes { try reader.read(into: $0) }
      if count == 0 { return try context.finish() }
      try buffer.withUnsafeBytes { try context.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    }
  }
}

/// A body read from a file while it is sent, so that an image never has to be in memory as a whole. The file is open
/// only then: queued calls hold no descriptor.
package struct FileBody: TransportBody {
  private let path: [UInt8]
  private let identity: RegularFile.Identity

  package var length: Int { identity.size }

  /// - Throws: ``ImageSearchError/Code/fileNotReadable`` when there is no such regular file.
  package init(path: [UInt8]) throws {
    self.path = path
    identity = try RegularFile(path: path).identity
  }

  /// - Throws: as ``init(path:)-([UInt8])``.
  package init(path: String) throws { try self.init(path: Array(path.utf8)) }

  package func makeReader() throws -> any TransportBodyReader {
    let file = try RegularFile(path: path)
    guard file.identity == identity else {
      throw ImageSearchError(.fileNotReadable, "\(file.name) changed while it was sent")
    }
    return Reader(file)
  }

  private final class Reader: TransportBodyReader {
    private let file: RegularFile
    private var position = 0

    init(_ file: RegularFile) { self.file = file }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
      let wanted = min(buffer.count, file.size - position)
      guard wanted > 0 else { return 0 }
      let count = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]), at: position)
      // The length was announced.
      guard count == wanted else {
        throw ImageSearchError(.fileNotReadable, "\(file.name) became shorter while it was read")
      }
      position += count
      return count
    }
  }
}

/// A `multipart/form-data` body (RFC 7578) that is produced while it is sent.
package struct MultipartForm: Sendable {
  private let boundary: String
  private var parts: [any TransportBody] = []

  /// - Parameter boundary: 1–70 characters that occur in no part; must be random.
  package init(boundary: String) { self.boundary = boundary }

  /// The value of the header `Content-Type`.
  package var contentType: String { "multipart/form-data; boundary=\(boundary)" }

  package mutating func addField(_ name: String, _ value: String) {
    let head = "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(Self.quoted(name))\"\r\n\r\n"
    parts.append(BytesBody(Array((head + value + "\r\n").utf8)))
  }

  package mutating func addFile(_ name: String, fileName: String, contentType: String?, body: any TransportBody) {
    var head = "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(Self.quoted(name))\"; "
    head += "filename=\"\(Self.quoted(fileName))\"\r\n"
    if let contentType { head += "Content-Type: \(contentType)\r\n" }
    parts.append(BytesBody(Array((head + "\r\n").utf8)))
    parts.append(body)
    parts.append(BytesBody(Array("\r\n".utf8)))
  }

  package func body() -> any TransportBody {
    JoinedBody(parts + [BytesBody(Array("--\(boundary)--\r\n".utf8))])
  }

  // A quote or a line end in a name would end the value or the line; escaped as in WHATWG HTML, "multipart form data".
  private static func quoted(_ text: String) -> String {
    var output = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": output += "%22"
      case "\r": output += "%0D"
      case "\n": output += "%0A"
      default: output.unicodeScalars.append(scalar)
      }
    }
    return output
  }
}
