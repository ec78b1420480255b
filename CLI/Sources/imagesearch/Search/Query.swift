import Glibc
@_spi(Command) import ImageIndex
@_spi(Command) import ImageSearch

/// A query image.
struct Query: Sendable {
  enum Source: Sendable {
    case file(FilePath)
    case url(String)
    /// From standard input.
    case bytes([UInt8])
  }

  var source: Source
  /// Its name in output and results.
  var name: String

  var image: ImageSource {
    switch source {
    case .file(let path): .file(pathBytes: path.bytes)
    case .url(let address): .url(address)
    case .bytes(let bytes): .bytes(bytes, name: "standard-input")
    }
  }

  /// Its name in a report, which is for others: without the user and password of a URL.
  var sharedName: String {
    if case .url(let address) = source { withoutSecrets(address, parameters: false) } else { name }
  }

  /// Identifies equal images: the digest of the bytes, or the URL.
  func key() throws -> String {
    switch source {
    case .url(let address): return "url:" + address
    case .bytes(let bytes): return "sha256:" + (try CommandSupport.sha256(bytes))
    case .file(let path):
      do {
        // Never blocks on a pipe.
        let file = try OpenFile(path, O_RDONLY | O_NONBLOCK)
        guard try file.status().kind == .file else { throw ImageSearchError(.fileNotReadable, "it is no file") }
        return "sha256:" + (try CommandSupport.sha256(file.contents(limit: Self.limit)))
      } catch let error as SystemError {
        let code: ImageSearchError.Code = error.number == EFBIG ? .imageTooLarge : .fileNotReadable
        throw ImageSearchError(
          code, error.number == EFBIG ? "the file has more than 64 MiB" : "the file cannot be read: \(error.reason)")
      }
    }
  }

  /// Maximum size of an image in bytes, that of the local index.
  private static let limit = 64 << 20
}

/// The queries of the arguments.
struct QueryCollection {
  var queries: [Query] = []
  /// Whether it is a batch: a folder, a list, or several images.
  var isBatch = false
  /// Files that could not be read.
  var failures: [String] = []

  /// - Throws: ``CommandError`` for missing files.
  init(_ arguments: [String]) throws {
    isBatch = arguments.count > 1
    var readsInput = false
    for argument in arguments {
      if argument == "-" {
        guard !readsInput else {
          throw CommandError(.usage, "- is named twice, and standard input can be read only once")
        }
        readsInput = true
        try addInput()
      } else if Self.isURL(argument) {
        queries.append(Query(source: .url(argument), name: argument))
      } else {
        try add(FilePath(argument: argument))
      }
    }
  }

  private static func isURL(_ text: String) -> Bool {
    let start = text.prefix(8).lowercased()
    return start.hasPrefix("http://") || start.hasPrefix("https://")
  }

  private mutating func add(_ path: FilePath) throws {
    switch try existing(path).kind {
    case .folder:
      isBatch = true
      let found = try LocalIndex.imageFiles(in: path.bytes)
      failures += found.failures.map(\.message)
      queries += found.files.map { Query(source: .file(FilePath(bytes: $0)), name: FilePath(bytes: $0).text) }
    default: queries.append(Query(source: .file(path.absolute), name: path.text))
    }
  }

  /// Reads a list, one per line or NUL-terminated as by `find -print0`, or one image.
  private mutating func addInput() throws {
    guard !Console.shared.inputIsTerminal else {
      throw CommandError(
        .usage, "- reads a list of images from standard input, and that is the terminal; pipe a list into it")
    }
    let bytes = try Self.input()
    if Self.isImage(bytes) {
      queries.append(Query(source: .bytes(bytes), name: "-"))
      return
    }
    isBatch = true
    let separator: UInt8 = bytes.contains(0) ? 0 : UInt8(ascii: "\n")
    for entry in bytes.split(separator: separator) {
      let entry = separator == 0 || entry.last != UInt8(ascii: "\r") ? entry : entry.dropLast()
      guard !entry.isEmpty else { continue }
      if let text = String(validating: entry, as: UTF8.self), Self.isURL(text) {
        queries.append(Query(source: .url(text), name: text))
      } else {
        // A missing file fails when it is searched for, as one of many.
        let path = FilePath(bytes: Array(entry))
        queries.append(Query(source: .file(path.absolute), name: path.text))
      }
    }
  }

  private static func input() throws -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = read(STDIN_FILENO, &buffer, buffer.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else {
        throw CommandError(.usage, "standard input cannot be read: \(String(cString: strerror(errno)))")
      }
      if count == 0 { return bytes }
      bytes += buffer.prefix(count)
      guard bytes.count <= 1 << 30 else { throw CommandError(.usage, "standard input has more than 1 GB") }
    }
  }

  private static func isImage(_ bytes: [UInt8]) -> Bool {
    let starts: [[UInt8]] = [
      [0xFF, 0xD8, 0xFF], [0x89, 0x50, 0x4E, 0x47], Array("GIF8".utf8), Array("RIFF".utf8), [0x49, 0x49, 0x2A, 0],
      [0x4D, 0x4D, 0, 0x2A],
    ]
    return starts.contains { bytes.starts(with: $0) } || bytes.dropFirst(4).starts(with: Array("ftyp".utf8))
  }
}

/// The status of a path of the command line.
///
/// - Throws: ``CommandError`` with the closest name in the same folder.
@discardableResult
func existing(_ path: FilePath) throws -> FileStatus {
  if path.bytes.isEmpty { throw CommandError(.usage, "an empty name stands where a file or a folder should") }
  do {
    return try FileStatus.of(path)
  } catch {
    var message = "\(path.text): \(error.reason)"
    if error.number == ENOENT {
      if (try? FileStatus.of(path, follow: false)) != nil {
        throw CommandError(.usage, "\(displayable(path.text)) is a link that leads nowhere")
      }
      message = "there is no \(path.text)"
      let parent = path.bytes.contains(UInt8(ascii: "/")) ? path.parent : FilePath(bytes: Array(".".utf8))
      if let folder = parent.withCString({ opendir($0) }) {
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder), names.count < 10_000 {
          let name = withUnsafeBytes(of: entry.pointee.d_name) { raw in Array(raw.prefix { $0 != 0 }) }
          names.append(FilePath(bytes: name).text)
        }
        let wanted = path.name.text
        if let nearest = CommandSupport.nearest(to: wanted, among: names.filter { $0 != "." && $0 != ".." }) {
          message +=
            "; did you mean \(path.bytes.contains(UInt8(ascii: "/")) ? parent.appending(FilePath(argument: nearest)).text : nearest)?"
        }
      }
    }
    throw CommandError(.usage, displayable(message))
  }
}
