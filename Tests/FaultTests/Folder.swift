import FoundationEssentials
import Glibc
import TestSupport

/// A folder that a test creates and removes.
struct Folder: Sendable {
  let path: String

  init() throws {
    var template = Array("/tmp/imagesearch-tests-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw CocoaError(.fileWriteUnknown) }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  func remove() { try? FileManager.default.removeItem(atPath: path) }

  func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }

  /// The concatenated content of all files.
  func text() throws -> String {
    try names().map { String(decoding: try Data(contentsOf: URL(filePath: path + "/" + $0)), as: UTF8.self) }
      .joined(separator: "\n")
  }

  func write(_ name: String, _ text: String) throws { try Data(text.utf8).write(to: URL(filePath: path + "/" + name)) }
}
