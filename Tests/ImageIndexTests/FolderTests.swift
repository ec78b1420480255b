#if LocalIndex
  import FoundationEssentials
  import Glibc
  import ImageSearch
  import Testing

  @testable import ImageIndex

  /// Folders as they occur in the field: nothing in them is left out without a report.
  @Suite struct FolderTests {
    private let folder: TemporaryFolder
    private let index: LocalIndex
    private var root: String { folder.path + "/images" }

    init() throws {
      folder = try TemporaryFolder()
      index = try LocalIndex(path: folder.path + "/index")
      #expect(mkdir(folder.path + "/images", 0o777) == 0)
    }

    /// Writes a file whose name is given in bytes.
    private func write(_ name: [UInt8], _ bytes: [UInt8]) throws {
      let path = Array(root.utf8) + [0x2F] + name
      let parts = name.split(separator: 0x2F).dropLast()
      for i in parts.indices {
        let above = Array(root.utf8) + [0x2F] + Array(parts[...i].joined(separator: [0x2F]))
        let made = mkdir(above.map { CChar(bitPattern: $0) } + [0], 0o777)
        #expect(made == 0 || errno == EEXIST)
      }
      let descriptor = try Platform.open(path, O_WRONLY | O_CREAT)
      defer { close(descriptor) }
      #expect(bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) } == bytes.count)
    }

    private func image(_ seed: UInt64) throws -> [UInt8] { try Drawing(seed: 900 + seed).jpeg(100, 80) }

    @Test func namesThatAreNotUTF8AreIndexed() async throws {
      let names: [[UInt8]] = [
        Array("caf".utf8) + [0xE9] + Array(".jpg".utf8), Array("stra".utf8) + [0xDF] + Array("e/a.jpg".utf8),
        Array("\\xE9.jpg".utf8), [0xE9] + Array(".jpg".utf8), Array("ü.jpg".utf8),
      ]
      for (i, name) in names.enumerated() { try write(name, try image(UInt64(i))) }
      let report = try await index.addFolder(root)
      #expect(report.failedCount == 0)
      #expect(
        Set(report.entries.map(\.itemID)) == ["caf\\xE9.jpg", "stra\\xDFe/a.jpg", "\\x5CxE9.jpg", "\\xE9.jpg", "ü.jpg"])
      #expect(Set(report.entries.map { LocalIndex.pathBytes(of: $0.itemID) }) == Set(names))
      #expect(try await index.names(try image(1)) == ["stra\\xDFe/a.jpg/a.jpg"])
      #expect(try await index.addFolder(root).entries.allSatisfy { $0.outcome.text == "unchanged" })
      // Also individually.
      let path = Array(root.utf8) + [0x2F] + names[0]
      let single = try await index.addImages([
        ImageItem(itemID: "one", images: [.init(name: "p", source: .file(pathBytes: path))])
      ])
      #expect(single.entries.map(\.outcome.text) == ["added"])
    }

    @Test func everyNameHasATextOfItsOwn() {
      var random = SplitMix(state: 11)
      let alphabet: [UInt8] = [
        0x5C, 0x78, 0x35, 0x43, 0x45, 0x39, 0x61, 0xE9, 0xC3, 0xA9, 0xF0, 0x9F, 0x98, 0x80, 0xED, 0xA0,
      ]
      var texts: [String: [UInt8]] = [:]
      for _ in 0..<20_000 {
        let name = (0..<Int.random(in: 1...9, using: &random)).map { _ in
          alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
        }
        let text = PathName.text(of: name)
        #expect(PathName.bytes(of: text) == name)
        #expect(texts[text] ?? name == name)
        texts[text] = name
      }
      #expect(PathName.text(of: "a/ü\\x.jpg".utf8) == "a/ü\\x.jpg")
    }

    @Test func whatCannotBeReadIsAnEntryAndWhatIsNoImageIsCounted() async throws {
      try write(Array("good.jpg".utf8), try image(1))
      try write(Array("phone.heic".utf8), [0, 0, 0, 0x18] + Array("ftypheic".utf8) + [UInt8](repeating: 0, count: 500))
      try write(Array("web".utf8), [0, 0, 0, 0x1C] + Array("ftypavif".utf8) + [UInt8](repeating: 0, count: 500))
      try write(Array("notes.txt".utf8), Array("no image".utf8))
      try write(Array(".hidden.jpg".utf8), try image(2))
      try write(Array("empty".utf8), [])
      #expect(symlink("loop.jpg", root + "/loop.jpg") == 0)
      #expect(symlink("nowhere", root + "/gone.png") == 0)
      #expect(symlink("nowhere", root + "/gone") == 0)
      #expect(symlink(root, root + "/again") == 0)
      #expect(mkfifo(root + "/pipe.jpg", 0o666) == 0)
      let report = try await index.addFolder(root)
      let outcomes = Dictionary(uniqueKeysWithValues: report.entries.map { ($0.itemID, $0.outcome.text) })
      #expect(outcomes["good.jpg"] == "added")
      #expect(outcomes["phone.heic"].map { $0 != "added" } == true)
      #expect(outcomes["web"].map { $0 != "added" } == true)
      #expect(outcomes["loop.jpg"] == "fileNotReadable")
      #expect(outcomes["gone.png"] == "fileNotReadable")
      #expect(outcomes.count == 5)
      #expect(report.skippedCount == 6)
      #expect(try await index.imageCount() == 1)
    }

    @Test func aFolderWithoutPermissionIsAnEntry() async throws {
      // Root may read everything, so there is nothing to test.
      guard geteuid() != 0 else { return }
      try write(Array("locked/b.jpg".utf8), try image(1))
      #expect(chmod(root + "/locked", 0) == 0)
      defer { chmod(root + "/locked", 0o700) }
      let report = try await index.addFolder(root)
      #expect(report.entries.map(\.itemID) == ["locked"])
      #expect(report.entries.map(\.outcome.text) == ["fileNotReadable"])
    }

    @Test func pathsThatAreTooLongForTheSystemAreIndexed() async throws {
      // 20 folders of 240 bytes: the path is longer than a system call accepts, and even the path within the folder is too long for an id.
      let name = String(repeating: "d", count: 240)
      var folder = open(root, O_RDONLY | O_DIRECTORY)
      for level in 0..<20 {
        if level == 16 {
          // The path within the folder has 16 · 241 + 5 bytes, which fits into an id; the whole path is longer than 4 095.
          try write(in: folder, "a.jpg", try image(3))
        }
        #expect(mkdirat(folder, name, 0o777) == 0)
        let next = openat(folder, name, O_RDONLY | O_DIRECTORY)
        close(folder)
        folder = next
      }
      try write(in: folder, "b.jpg", try image(4))
      close(folder)
      let report = try await index.addFolder(root)
      #expect(report.entries.count == 2)
      #expect(Set(report.entries.map(\.outcome.text)) == ["added", "invalidArgument"])
      #expect(try await index.imageCount() == 1)
      if report.entries.contains(where: { $0.outcome.text == "added" }) {
        #expect(try await index.addFolder(root).entries.count { $0.outcome.text == "unchanged" } == 1)
      }
      try removeDeep(root, name, 20)
    }

    private func write(in folder: Int32, _ name: String, _ bytes: [UInt8]) throws {
      let descriptor = try Platform.open(in: folder, name.utf8, O_WRONLY | O_CREAT)
      defer { close(descriptor) }
      #expect(bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) } == bytes.count)
    }

    /// The tests' Foundation cannot remove paths of that length.
    private func removeDeep(_ root: String, _ name: String, _ depth: Int) throws {
      for level in (0...depth).reversed() {
        let path = Array((root + String(repeating: "/" + name, count: level)).utf8)
        let folder = try Platform.open(path, O_RDONLY | O_DIRECTORY)
        defer { close(folder) }
        unlinkat(folder, "a.jpg", 0)
        unlinkat(folder, "b.jpg", 0)
        unlinkat(folder, name, AT_REMOVEDIR)
      }
    }

    @Test func namesAreCutByBytes() async throws {
      // A combining mark after the slash.
      try write(Array("a/\u{301}x.jpg".utf8), try image(5))
      let report = try await index.addFolder(root)
      #expect(report.entries.map { Array($0.itemID.utf8) } == [Array("a/\u{301}x.jpg".utf8)])
      #expect(report.entries.map { Array($0.imageName.utf8) } == [Array("\u{301}x.jpg".utf8)])
      var batch = LocalIndex.BatchOptions()
      batch.naming = .itemPerFolder
      batch.prefix = "shop/"
      #expect(try await index.addFolder(root, batch: batch).entries.map(\.itemID) == ["shop/a"])
    }

    @Test func twoFoldersWithTheSameNamesDoNotReplaceEachOtherWithoutAWord() async throws {
      try write(Array("one/a.jpg".utf8), try image(6))
      try write(Array("two/a.jpg".utf8), try image(7))
      #expect(try await index.addFolder(root + "/one").entries.map(\.outcome.text) == ["added"])
      let report = try await index.addFolder(root + "/two")
      #expect(report.entries.map(\.outcome.text) == ["replaced"])
      #expect(report.entries.first?.warning?.contains("/one/a.jpg") == true)
      var batch = LocalIndex.BatchOptions()
      batch.prefix = "one/"
      #expect(try await index.addFolder(root + "/one", batch: batch).entries.map(\.outcome.text) == ["added"])
      #expect(try await index.imageCount() == 2)
    }

    @Test func aFolderWhoseNameIsNotUTF8IsAddedAndPruned() async throws {
      try write([0xE9] + Array("/a.jpg".utf8), try image(10))
      try write([0xE9] + Array("/b.jpg".utf8), try image(11))
      let path = Array(root.utf8) + [0x2F, 0xE9]
      #expect(try await index.addFolder(pathBytes: path).entries.map(\.itemID) == ["a.jpg", "b.jpg"])
      #expect(unlink((path + Array("/a.jpg".utf8)).map { CChar(bitPattern: $0) } + [0]) == 0)
      #expect(try await index.prune(pathBytes: path).gone.map(\.itemID) == ["a.jpg"])
      #expect(try await index.prune(pathBytes: path, apply: true).gone.map(\.itemID) == ["a.jpg"])
      #expect(try await index.imageCount() == 1)
      for bad: [UInt8] in [[], [0x2F, 0], path + [0]] {
        #expect(await failure { try await index.addFolder(pathBytes: bad) }?.code == .fileNotReadable)
        #expect(await failure { try await index.prune(pathBytes: bad) }?.code == .fileNotReadable)
      }
    }

    @Test func aFolderIsAddedAndWhatIsGoneForgottenInOneCall() async throws {
      for name in ["one/a.jpg", "one/b.jpg", "one/c.jpg", "two/a.jpg"] {
        try write(Array(name.utf8), try image(UInt64(name.utf8.reduce(0) { $0 &+ UInt64($1) })))
      }
      var batch = LocalIndex.BatchOptions()
      batch.prune = true
      batch.prefix = "two/"
      #expect(try await index.addFolder(root + "/two", batch: batch).prunedCount == 0)
      batch.prefix = "one/"
      #expect(try await index.addFolder(root + "/one", batch: batch).prunedCount == 0)
      #expect(unlink(root + "/one/b.jpg") == 0)
      #expect(unlink(root + "/two/a.jpg") == 0)
      #expect(rename(root + "/one/c.jpg", root + "/one/d.jpg") == 0)
      let report = try await index.addFolder(root + "/one", batch: batch)
      #expect(report.entries.map(\.itemID) == ["one/a.jpg", "one/d.jpg"])
      #expect(report.prunedCount == 2)
      // Nothing of the other folder is removed.
      #expect(try await index.items().map(\.itemID) == ["two/a.jpg", "one/a.jpg", "one/d.jpg"])
      batch.prune = false
      #expect(unlink(root + "/one/a.jpg") == 0)
      #expect(try await index.addFolder(root + "/one", batch: batch).prunedCount == 0)
      #expect(try await index.imageCount() == 3)
    }

    @Test func theIndexItselfIsNoFolderOfImages() async throws {
      try write(Array("a.jpg".utf8), try image(8))
      let report = try await index.addFolder(folder.path)
      #expect(report.entries.map(\.itemID) == ["images/a.jpg"])
      #expect(report.skippedCount == 1)
    }

    @Test func filesWithoutANameAreImages() async throws {
      let bytes = try image(9)
      let path = try folder.write("deleted.jpg", bytes)
      let descriptor = open(path, O_RDONLY)
      defer { close(descriptor) }
      #expect(unlink(path) == 0)
      let source = ImageSource.file("/proc/self/fd/\(descriptor)")
      let report = try await index.addImages([ImageItem(itemID: "d", images: [.init(name: "p", source: source)])])
      #expect(report.entries.map(\.outcome.text) == ["added"])
      #expect(try await index.names(SearchRequest(image: source)) == ["d/p"])
      #expect(try index.store.read(CallControl()) { try $0.image(itemID: "d", name: "p") }?.record.sourcePath == nil)
    }
  }
#endif
