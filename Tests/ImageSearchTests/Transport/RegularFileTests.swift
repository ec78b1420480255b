import Glibc
import Testing

@testable import ImageSearch

/// Reading and writing files: other kinds of file are rejected at once, and writing is atomic.
@Suite struct RegularFileTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func code(_ body: () throws -> Void) -> ImageSearchError.Code? {
    do {
      try body()
      return nil
    } catch { return (error as? ImageSearchError)?.code }
  }

  private func mode(_ path: String) -> mode_t {
    var status = stat()
    lstat(path, &status)
    return status.st_mode
  }

  @Test func reading() throws {
    defer { folder.remove() }
    let path = try folder.write("a", "0123456789")
    let file = try RegularFile(path: path)
    #expect(file.size == 10)
    #expect(try file.read(upTo: 4) == Array("0123".utf8))
    #expect(try file.read(upTo: 100, at: 8) == Array("89".utf8))
    #expect(try file.read(upTo: 1, at: 10) == [] && file.read(upTo: 0) == [] && file.read(upTo: 1, at: -1) == [])
    #expect(try file.contents(limit: 10) == Array("0123456789".utf8))
    #expect(code { _ = try file.contents(limit: 9) } == .imageTooLarge)
    truncate(path, 5)
    #expect(code { _ = try file.contents(limit: 10) } == .fileNotReadable)
    #expect(try RegularFile(path: path).identity != file.identity)
  }

  @Test func whatIsNoFile() throws {
    defer { folder.remove() }
    let pipe = folder.path + "/pipe"
    #expect(mkfifo(pipe, 0o600) == 0)
    symlink(pipe, folder.path + "/link")
    symlink("/nowhere/at/all", folder.path + "/dangling")
    for path in [
      folder.path, pipe, folder.path + "/link", folder.path + "/dangling", "/dev/zero", "/dev/tty", "", "/nope",
    ] {
      #expect(code { _ = try RegularFile(path: path) } == .fileNotReadable, "\(path)")
    }
    #expect(code { _ = try RegularFile(path: "a\u{0}b") } == .invalidArgument)
    let file = try folder.write("file", "x")
    symlink(file, folder.path + "/good")
    #expect(code { _ = try RegularFile(path: folder.path + "/good") } == nil)
    #expect(code { _ = try RegularFile(path: folder.path + "/good", followsLinks: false) } == .fileNotReadable)
    // A name that is not valid text.
    let bytes = Array((folder.path + "/").utf8) + [0xFF, 0xFE]
    let descriptor = open(bytes.map { CChar(bitPattern: $0) } + [0], O_CREAT | O_WRONLY, 0o600)
    #expect(descriptor >= 0)
    close(descriptor)
    #expect(try RegularFile(path: bytes).size == 0)
  }

  @Test func writing() throws {
    defer { folder.remove() }
    let path = folder.path + "/new"
    let mask = umask(0o027)
    umask(mask)
    try RegularFile.write(Array("one".utf8), to: path)
    #expect(try RegularFile(path: path).contents(limit: 9) == Array("one".utf8))
    #expect(mode(path) & 0o7777 == 0o666 & ~mask)
    // The mode is kept, and the content replaced atomically.
    chmod(path, 0o640)
    try RegularFile.write(Array("longer than before".utf8), to: path)
    #expect(mode(path) & 0o7777 == 0o640)
    #expect(try RegularFile(path: path).size == 18)
    // A link is not followed.
    let victim = try folder.write("victim", "untouched")
    let link = folder.path + "/link"
    symlink(victim, link)
    try RegularFile.write(Array("two".utf8), to: link)
    #expect(try RegularFile(path: victim).contents(limit: 9) == Array("untouched".utf8))
    #expect(mode(link) & S_IFMT == S_IFREG)
    #expect(try RegularFile(path: link).size == 3)
  }

  @Test func whatIsNotReplaced() throws {
    defer { folder.remove() }
    let pipe = folder.path + "/pipe"
    mkfifo(pipe, 0o600)
    symlink("/dev/null", folder.path + "/null")
    for path in [folder.path, pipe, folder.path + "/null", folder.path + "/no/such/folder/file", ""] {
      let told = code { try RegularFile.write([1], to: path) }
      #expect(told == .fileNotReadable || (path.isEmpty && told == .invalidArgument), "\(path)")
    }
    #expect(mode(pipe) & S_IFMT == S_IFIFO)
    #expect(mode(folder.path + "/null") & S_IFMT == S_IFLNK)
    #expect(code { try RegularFile.write([1], to: "/dev/full") } == .fileNotReadable)
    // A failed write leaves nothing behind.
    #expect(try folder.names() == ["null", "pipe"])
  }

  @Test func aBodyThatChanges() throws {
    defer { folder.remove() }
    let path = try folder.write("a", "0123456789")
    let body = try FileBody(path: path)
    #expect(body.length == 10)
    let reader = try body.makeReader()
    var buffer = [UInt8](repeating: 0, count: 4)
    #expect(try buffer.withUnsafeMutableBytes { try reader.read(into: $0) } == 4)
    truncate(path, 6)
    #expect(
      code { _ = try buffer.withUnsafeMutableBytes { while try reader.read(into: $0) > 0 {} } } == .fileNotReadable)
    #expect(code { _ = try body.makeReader() } == .fileNotReadable)
  }
}

/// A folder that a test creates and removes.
struct TemporaryFolder {
  let path: String

  init() throws {
    var template = Array("/tmp/imagesearch-tests-XXXXXX".utf8CString)
    #expect(mkdtemp(&template) != nil)
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  func write(_ name: String, _ text: String) throws -> String {
    let path = path + "/" + name
    try RegularFile.write(Array(text.utf8), to: path)
    return path
  }

  func names() throws -> [String] {
    let stream = try #require(opendir(path))
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  func remove() {
    for name in (try? names()) ?? [] { unlink(path + "/" + name) }
    rmdir(path)
  }
}
