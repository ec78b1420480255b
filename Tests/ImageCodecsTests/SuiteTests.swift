#if LocalIndex
  import CImageCodecs
  import FoundationEssentials
  import Glibc
  import ImageFormats
  import Rasters
  import Testing

  @testable import ImageCodecs

  private let root = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }

  /// The Python interpreter with Pillow.
  private let python: String? = {
    let path = ProcessInfo.processInfo.environment["IMAGESEARCH_TEST_PYTHON"] ?? root + "/.venv-test/bin/python"
    return access(path, X_OK) == 0 ? path : nil
  }()

  /// Every kind of image of the public suites (PngSuite, bmpsuite, libtiff's, Pillow's own) is decoded as by Pillow, or is
  /// rejected as unsupported with its name; only damaged images are reported as damaged. `Suites/make_suites.py` makes the
  /// images with the Python environment of the tests.
  @Suite(
    .serialized,
    .enabled(if: python != nil, "scripts/venv.sh has not made the Python environment of the tests"))
  struct SuiteTests {
    private struct Failure: Error { let words: String }

    private static func make(_ folder: String) throws {
      var pid: pid_t = 0
      let script = root + "/Tests/ImageCodecsTests/Suites/make_suites.py"
      let interpreter = python ?? ""
      var arguments: [UnsafeMutablePointer<CChar>?] = [strdup(interpreter), strdup(script), strdup(folder), nil]
      var actions = posix_spawn_file_actions_t()
      posix_spawn_file_actions_init(&actions)
      posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
      defer {
        arguments.forEach { free($0) }
        posix_spawn_file_actions_destroy(&actions)
      }
      guard posix_spawn(&pid, interpreter, &actions, nil, &arguments, environ) == 0 else {
        throw Failure(words: "Python does not start")
      }
      var status: Int32 = 0
      while waitpid(pid, &status, 0) < 0, errno == EINTR {}
      guard status == 0 else { throw Failure(words: "make_suites.py failed") }
    }

    private static func bytes(_ path: String) throws -> [UInt8] {
      [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    @Test func everyImageIsTakenOrRefusedForWhatItIs() throws {
      let folder = "/tmp/imagesearch-suites-\(getpid())"
      defer { try? FileManager.default.removeItem(atPath: folder) }
      try Self.make(folder)
      let lines = String(decoding: try Self.bytes(folder + "/manifest.txt"), as: UTF8.self).split(separator: "\n")
      #expect(lines.count > 600)
      for line in lines {
        let fields = line.split(separator: "\t").map(String.init)
        guard fields.count == 3, let tolerance = Int(fields[2]) else { throw Failure(words: "manifest") }
        try check(fields[0], fields[1], tolerance, folder)
      }
    }

    /// An AVIF of 120 by 88 pixels, rotated by 90°, with a date.
    private func avif() throws -> [UInt8] {
      let folder = "/tmp/imagesearch-avif-\(getpid())"
      defer { try? FileManager.default.removeItem(atPath: folder) }
      try Self.make(folder)
      return try Self.bytes(folder + "/heif-turned6.avif")
    }

    @Test func avifIsUprightDatedAndMayBeStopped() throws {
      let file = try avif()
      guard image_heif_is_there() else { return }
      let decoded = try ImageDecoder.decodeGray(file)
      #expect((decoded.originalWidth, decoded.originalHeight) == (88, 120))
      #expect((decoded.header.format, decoded.header.orientation) == (.avif, 1))
      #expect(decoded.header.exifDate?.description == "2024-05-31T23:59:58")
      // Stopped at the first check, whether or not the library has finished by then.
      struct Stop: Error {}
      for _ in 0..<8 {
        #expect(throws: Stop.self) {
          try file.withUnsafeBytes { try ImageDecoder.decodeGray($0, check: { throw Stop() }) }
        }
      }
      #expect(try ImageDecoder.decodeGray(file).image.width == 88)
    }

    @Test func withoutTheLibraryItsPackageIsNamed() throws {
      let file = try avif()
      image_heif_use_library("libheif-that-is-not-there.so")
      defer { image_heif_use_library(nil) }
      let error = #expect(throws: ImageDecodingError.self) { try ImageDecoder.decodeGray(file) }
      #expect(error?.code == .unsupportedFormat)
      #expect(error?.message.contains("AVIF") == true && error?.message.contains("libheif1") == true)
    }

    @Test func damagedAvifIsAnError() throws {
      let file = try avif()
      for part in 1..<8 { DamageTests.survive(Array(file[..<(file.count * part / 8)]), "AVIF cut to \(part)/8") }
      var random = SeededRandom(seed: 3)
      for _ in 0..<60 {
        var bytes = file
        for _ in 0..<Int.random(in: 1...4, using: &random) {
          bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
        DamageTests.survive(bytes, "AVIF")
      }
    }

    private func check(_ name: String, _ expected: String, _ tolerance: Int, _ folder: String) throws {
      let file = try Self.bytes(folder + "/" + name)
      do {
        let decoded = try ImageDecoder.decodeColor(file)
        guard ["pixels", "taken", "heif"].contains(expected) else {
          Issue.record("\(name): decoded, expected \(expected)")
          return
        }
        guard expected != "taken" else { return }
        let wanted = try Self.bytes(folder + "/" + name + ".rgb")
        func side(_ offset: Int) -> Int { (0..<4).reduce(0) { $0 | Int(wanted[offset + $1]) << (8 * $1) } }
        #expect((decoded.image.width, decoded.image.height) == (side(0), side(4)), "\(name)")
        let difference = largestDifference(decoded.image.pixels, wanted[8...])
        #expect(difference <= tolerance, "\(name): off by \(difference)")
        #expect(decoded.intactShare == 1, "\(name)")
      } catch let error as ImageDecodingError {
        switch error.code {
        case .unsupportedFormat where expected == "heif":
          #expect(!image_heif_is_there() && error.message.contains("libheif1"), "\(name): \(error.message)")
        case .unsupportedFormat: #expect(["unsupported", "foreign"].contains(expected), "\(name): \(error.message)")
        case .truncated, .corrupt: #expect(expected == "corrupt", "\(name): \(error.message)")
        case .tooLarge: #expect(expected == "large", "\(name): \(error.message)")
        default: Issue.record("\(name): \(error.code) \(error.message)")
        }
      }
    }
  }
#endif
