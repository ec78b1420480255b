import Glibc

/// A file that is removed at the end of the test.
final class TemporaryFile {
  struct Failure: Error {}

  let path: String

  init(_ bytes: [UInt8]) throws {
    var template = Array("/tmp/imagesearch-test-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    guard descriptor >= 0 else { throw Failure() }
    defer { Glibc.close(descriptor) }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    guard write(descriptor, bytes, bytes.count) == bytes.count else { throw Failure() }
  }

  deinit { unlink(path) }
}
