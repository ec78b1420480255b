#if LocalIndex
  import FoundationEssentials
  import ImageSearch
  import Testing

  @testable import ImageIndex

  #if canImport(Glibc)
    import Glibc
  #elseif canImport(Musl)
    import Musl
  #endif

  /// Files that are truncated or have a flipped bit, at many positions: the result is an error or the correct one.
  @Suite(.serialized) struct DamageTests {
    private static let sample = Task { try await SampleIndex() }
    /// The allowed errors for a damaged database: damaged, not readable, or another version.
    private static let said: Set<ImageSearchError.Code> = [.indexCorrupt, .indexUnavailable, .indexVersionMismatch]

    /// A copy of the sample with one file changed.
    private func damaged(_ sample: SampleIndex, _ file: String, _ change: (inout [UInt8]) -> Void) throws
      -> TemporaryFolder
    {
      let folder = try TemporaryFolder()
      try FileManager.default.copyItem(atPath: sample.path, toPath: folder.path + "/index")
      var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: sample.path + "/" + file)))
      change(&bytes)
      _ = try folder.write("index/" + file, bytes)
      return folder
    }

    private func size(_ sample: SampleIndex, _ file: String) throws -> Int {
      try #require(fileSize(sample.path + "/" + file))
    }

    private func segment(_ sample: SampleIndex) throws -> String {
      let names = try FileManager.default.contentsOfDirectory(atPath: sample.path + "/segments")
      return "segments/" + (try #require(names.first))
    }

    /// Half of the positions are random, half at the beginning of a database page, where its header is.
    @Test(.timeLimit(.minutes(30))) func aTurnedBitInTheDatabaseIsNoticed() async throws {
      let sample = try await Self.sample.value
      #expect(sample.answers(in: sample.path) == .right)
      let size = try size(sample, "index.sqlite")
      var random = SplitMix(state: 11)
      var counts: [SampleIndex.Answers: Int] = [:]
      for round in 0..<LongForm.rounds("LOCAL_INDEX_FLIPS", usual: 40, long: 6000) {
        let anywhere = Int.random(in: 0..<size, using: &random)
        let at = round % 2 == 0 ? anywhere : min(size - 1, anywhere / 4096 * 4096 + Int(random.next() % 64))
        let bit = UInt8(1 << (random.next() & 7))
        let folder = try damaged(sample, "index.sqlite") { $0[at] ^= bit }
        let answers = sample.answers(in: folder.path + "/index")
        counts[answers, default: 0] += 1
        switch answers {
        case .right: break
        case .error(let code): #expect(Self.said.contains(code), "byte \(at), bit \(bit): \(code)")
        case .wrong: Issue.record("byte \(at), bit \(bit): a wrong answer")
        }
      }
      #expect(counts.count > 1, "nothing was ever noticed")
      LongForm.report("turned bits in the database: \(counts)")
    }

    @Test(.timeLimit(.minutes(30))) func aDatabaseThatIsCutShortIsNoticed() async throws {
      let sample = try await Self.sample.value
      let size = try size(sample, "index.sqlite")
      var random = SplitMix(state: 12)
      var counts: [SampleIndex.Answers: Int] = [:]
      for round in 0..<LongForm.rounds("LOCAL_INDEX_CUTS", usual: 24, long: 400) {
        let anywhere = Int.random(in: 0..<size, using: &random)
        let length = round % 2 == 0 ? anywhere : anywhere / 4096 * 4096
        let folder = try damaged(sample, "index.sqlite") { $0.removeLast(size - length) }
        let answers = sample.answers(in: folder.path + "/index")
        counts[answers, default: 0] += 1
        switch answers {
        case .right: break
        case .error(let code): #expect(Self.said.contains(code), "\(length) bytes: \(code)")
        case .wrong: Issue.record("\(length) of \(size) bytes: a wrong answer")
        }
      }
      LongForm.report("databases cut short: \(counts)")
    }

    /// A segment is derived from the rows: whatever its damage, results are correct, even if it cannot be rebuilt.
    @Test(.timeLimit(.minutes(30))) func aDamagedSegmentChangesNoAnswer() async throws {
      let sample = try await Self.sample.value
      let file = try segment(sample)
      let size = try size(sample, file)
      var random = SplitMix(state: 13)
      let rounds = LongForm.rounds("LOCAL_INDEX_SEGMENTS", usual: 16, long: 2000)
      for round in 0..<rounds {
        let at = Int.random(in: 0..<size, using: &random)
        let bit = UInt8(1 << (random.next() & 7))
        let folder = try damaged(sample, file) { bytes in
          if round % 4 == 0 { bytes.removeLast(size - at) } else { bytes[at] ^= bit }
        }
        let answers = sample.answers(in: folder.path + "/index", readOnly: round % 3 == 0)
        #expect(answers == .right, "round \(round), byte \(at), bit \(bit)")
      }
      LongForm.report("damaged segments: \(rounds), all answers right")
    }

    /// The file is truncated while it is mapped: it reads as zeros, and the result is discarded.
    @Test func aSegmentMayBecomeShorterWhileItIsRead() async throws {
      let sample = try await Self.sample.value
      let folder = try TemporaryFolder()
      try FileManager.default.copyItem(atPath: sample.path, toPath: folder.path + "/index")
      let file = folder.path + "/index/" + (try segment(sample))
      let index = try LocalIndex(path: folder.path + "/index")
      let row = try #require(try index.segmentRows.first)
      let segment = try Segment(
        directory: index.store.directory.segments, name: row.file, firstImage: row.first, lastImage: row.last)
      let before = sample.questions[0]
      #expect(try index.answer(before.features, before.request, control: CallControl()).matches == before.answer)
      #expect(truncate(file, 0) == 0)
      #expect((0..<segment.count).map { segment.id($0) }.last == 0)
      #expect(segment.isDamaged)
      // Also when the file is intact again, because the mapping in between was not.
      #expect(truncate(file, off_t(try size(sample, String(file.dropFirst(folder.path.count + 7))))) == 0)
      #expect(segment.isDamaged)
      for question in sample.questions {
        let page = try index.answer(question.features, question.request, control: CallControl())
        #expect(page.matches == question.answer)
      }
      #expect(try index.segmentRows.map(\.file) != [row.file])
    }

    /// One process searches while another truncates its segments to random lengths at random times, for `LOCAL_INDEX_SECONDS`.
    @Test(.timeLimit(.minutes(10))) func segmentsAreCutUnderAReader() async throws {
      let folder = try TemporaryFolder()
      let path = folder.path + "/index"
      let index = try LocalIndex(path: path)
      try await index.add("1", "0", try Drawing(seed: 1).jpeg())
      try index.insert((0..<60).map { NewImage.random($0) })
      try index.makeSegments(all: true)
      index.close()
      let journal = Journal(path: folder.path + "/journal")
      journal.append("1 0")
      let seconds = LongForm.rounds("LOCAL_INDEX_SECONDS", usual: 6, long: 60)
      let child = try Child(
        "search",
        [
          "LOCAL_INDEX_PATH": path, "LOCAL_INDEX_JOURNAL": journal.path, "LOCAL_INDEX_SEED": "1",
          "LOCAL_INDEX_SECONDS": "\(seconds)",
        ])
      var random = SplitMix(state: 14)
      var cuts = 0
      let end = ContinuousClock.now + .seconds(seconds)
      while ContinuousClock.now < end {
        try await Task.sleep(for: .milliseconds(Int(random.next() % 40)))
        for name in try FileManager.default.contentsOfDirectory(atPath: path + "/segments") {
          let file = path + "/segments/" + name
          let size = fileSize(file) ?? 0
          if size > 0, truncate(file, off_t(random.next() % UInt64(size))) == 0 { cuts += 1 }
        }
      }
      #expect(child.wait() == 0)
      #expect(cuts > 3)
      LongForm.report(
        "segments cut under a reader: \(cuts), searches \(Journal(path: journal.path + ".searches").lines)")
    }
  }
#endif
