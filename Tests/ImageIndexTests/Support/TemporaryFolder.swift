#if LocalIndex
  import FoundationEssentials

  @testable import ImageIndex

  /// `nil` when there is no such file.
  func fileSize(_ path: String) -> Int? { try? Platform.status(path).size }

  /// A folder that is removed with its contents when the value is destroyed.
  final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
      path = FileManager.default.temporaryDirectory.path + "/local-index-\(UUID().uuidString)"
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file, and returns its path.
    func write(_ name: String, _ bytes: [UInt8]) throws -> String {
      let file = path + "/" + name
      try Data(bytes).write(to: URL(fileURLWithPath: file))
      return file
    }
  }
#endif
