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
