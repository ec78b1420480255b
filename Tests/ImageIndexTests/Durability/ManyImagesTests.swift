#if LocalIndex
  import ImageSearch
  import ImageMatching
  import Testing

  @testable import ImageIndex

  #if canImport(Glibc)
    import Glibc
  #elseif canImport(Musl)
    import Musl
  #endif

  /// Index sizes that take minutes to build. Only in the long form, which is built with optimization.
  @Suite(.enabled(if: LongForm.isOn), .serialized) struct ManyImagesTests {
    private func fill(_ index: LocalIndex, _ count: Int) throws {
      for start in stride(from: 0, to: count, by: 1000) {
        try index.insert((start..<start + 1000).map { NewImage.random($0) })
      }
      try index.makeSegments()
    }

    /// Evicts a file from the page cache, as after a restart.
    private func forget(_ path: String) {
      let descriptor = open(path, O_RDONLY)
      guard descriptor >= 0 else { return }
      posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
      close(descriptor)
    }

    @Test(.timeLimit(.minutes(30))) func openingAHundredThousandImagesTakesUnderASecond() async throws {
      let folder = try TemporaryFolder()
      let path = folder.path + "/index"
      let count = LongForm.rounds("LOCAL_INDEX_IMAGES", usual: 1000, long: 100_000)
      let bytes = try Drawing(seed: 1).jpeg()
      let made = ContinuousClock.now
      do {
        let index = try LocalIndex(path: path)
        try await index.add("a", "p", bytes)
        try fill(index, count)
        index.close()
      }
      let making = ContinuousClock.now - made
      sync()
      let rows = fileSize(path + "/index.sqlite") ?? 0
      var segments = 0
      for row in try LocalIndex(path: path).segmentRows {
        segments += fileSize(path + "/segments/" + row.file) ?? 0
        forget(path + "/segments/" + row.file)
      }
      forget(path + "/index.sqlite")
      let start = ContinuousClock.now
      let index = try LocalIndex(path: path)
      let opened = ContinuousClock.now - start
      #expect(try await index.names(bytes) == ["a/p"])
      let first = ContinuousClock.now - start
      #expect(try await index.names(bytes) == ["a/p"])
      let second = ContinuousClock.now - start - first
      #expect(opened < .seconds(1), "\(opened)")
      #expect(try await index.imageCount() == count + 1)
      LongForm.report(
        "\(count) images: made in \(making), opened in \(opened), first search after \(first), second in \(second), "
          + "\(rows / count) bytes of rows and \(segments / count) of segments an image")
    }
  }
#endif
