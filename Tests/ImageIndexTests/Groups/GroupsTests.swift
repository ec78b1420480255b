#if LocalIndex
  import FoundationEssentials
  import ImageCodecs
  import ImageMatching
  import ImageSearch
  import Rasters
  import Testing

  @testable import ImageIndex

  /// Groups of a mixed collection, compared with an exhaustive comparison of all pairs by the same definition.
  @Suite struct GroupsTests {
    /// Originals with copies of several kinds, and unrelated images, made once.
    private struct Fixture {
      let folder: TemporaryFolder
      let items: [ImageItem]
      let index: LocalIndex
    }

    private static let fixture = Task { try await makeFixture(originals: 30) }

    private static func makeFixture(originals: UInt64) async throws -> Fixture {
      let folder = try TemporaryFolder()
      var items: [ImageItem] = []
      func add(_ id: String, _ bytes: [UInt8], category: String? = nil) {
        items.append(ImageItem(itemID: id, images: [.init(name: "p", source: .bytes(bytes))], category: category))
      }
      for seed in 0..<originals {
        let drawing = Drawing(seed: seed)
        let name = String(seed)
        add(name, try drawing.jpeg(240, 180, quality: 90), category: seed % 2 == 0 ? "even" : "odd")
        if seed % 3 == 0 { add(name + "-small", try drawing.jpeg(160, 120, quality: 60)) }
        if seed % 5 == 0 { add(name + "-same", try drawing.jpeg(240, 180, quality: 90)) }
        if seed % 7 == 0 {
          add(name + "-mirrored", try ImageEncoder.png(drawing.drawn().applying(Dihedral(rawValue: 1))))
        }
        if seed % 10 == 0 { add(name + "-large", try ImageEncoder.png(drawing.drawn(400, 300))) }
      }
      let index = try LocalIndex(path: folder.path + "/index")
      let report = try await index.addImages(items)
      #expect(report.entries.allSatisfy { $0.outcome.text == "added" })
      return Fixture(folder: folder, items: items, index: index)
    }

    private func groups(
      _ index: LocalIndex, _ options: LocalIndex.GroupOptions = .init()
    ) async throws -> [LocalIndex.Group] {
      var groups: [LocalIndex.Group] = []
      for try await group in index.groups(options) { groups.append(group) }
      return groups
    }

    private func names(_ groups: [LocalIndex.Group]) -> [[String]] { groups.map { $0.members.map(\.image.itemID) } }

    @Test func everyCopyIsInTheGroupOfItsOriginal() async throws {
      let fixture = try await Self.fixture.value
      let found = try await groups(fixture.index)
      for group in found {
        let best: LocalIndex.Member = try #require(group.members.first)
        #expect(best.relation == .identical && best.score == 100)
        let seeds = Set(group.members.map { $0.image.itemID.prefix { $0 != "-" } })
        #expect(seeds.count == 1, "strangers in one group: \(group.members.map(\.image.itemID))")
        for member in group.members { #expect(best.image.width >= member.image.width) }
      }
      let grouped = Set(found.flatMap { $0.members.map(\.image.itemID) })
      let copies = fixture.items.map(\.itemID).filter { $0.contains("-") }
      #expect(copies.filter { !grouped.contains($0) }.isEmpty)
      let tenth = try #require(found.first { $0.members.contains { $0.image.itemID == "10" } })
      #expect(tenth.members.map(\.image.itemID) == ["10-large", "10", "10-same"])
      #expect(tenth.members[1].image.sha256 == tenth.members[2].image.sha256)
    }

    @Test(arguments: [LocalIndex.Keep.largest, .leastRecompressed, .oldest])
    func groupsAreThoseOfAnExhaustiveLook(keep: LocalIndex.Keep) async throws {
      let index = try await Self.fixture.value.index
      let found = try await groups(index, .init(keep: keep))
      let expected = try exhaustive(index, keep)
      #expect(!expected.isEmpty)
      #expect(names(found) == expected)
    }

    /// The groups by definition: every image is compared with every other one.
    private func exhaustive(_ index: LocalIndex, _ keep: LocalIndex.Keep) throws -> [[String]] {
      try index.store.read(CallControl()) { transaction in
        let search = try GroupSearch(.init(keep: keep), transaction, control: CallControl())
        let populationSize = Int(try transaction.state().images)
        let features = try search.nodes.map { node in
          try transaction.features(node.id).flatMap { bytes in
            bytes.isEmpty ? nil : try bytes.withUnsafeBytes { try MatchEngine.features($0, of: node.id) }
          }
        }
        var rest = Array(search.nodes.indices)
        var groups: [[String]] = []
        while let best = rest.first {
          // The better content is the query, which is almost always the same one.
          var query: (content: Int, comparison: StoredQuery)?
          let group = rest.filter { node in
            let (a, b) = (Int(search.contents[best]), Int(search.contents[node]))
            if node == best || a == b { return true }
            guard let first = features[min(a, b)], let second = features[max(a, b)] else { return false }
            if query?.content != min(a, b) {
              query = (min(a, b), StoredQuery(first, populationSize: populationSize))
            }
            guard let match = query?.comparison.match(second) else { return false }
            return match.confidence >= ImageMatch.accepted && search.joins(match.relation)
          }
          if group.count > 1 { groups.append(group.map { search.nodes[$0].itemID }) }
          rest.removeAll { $0 == best || (group.count > 1 && group.contains($0)) }
        }
        return groups
      }
    }

    /// Some two million pairs, in any order of adding, and with ``GroupOptions/addedSince`` for the last images.
    @Test(.enabled(if: LongForm.isOn)) func groupsOfTwoThousandImagesAreThoseOfAnExhaustiveLook() async throws {
      let fixture = try await Self.makeFixture(originals: 1130)
      #expect(fixture.items.count >= 2000)
      let found = names(try await groups(fixture.index))
      let expected = try exhaustive(fixture.index, .largest)
      #expect(found == expected)
      let folder = try TemporaryFolder()
      let other = try LocalIndex(path: folder.path + "/index")
      var random = SplitMix(state: 8)
      let shuffled = fixture.items.shuffled(using: &random)
      _ = try await other.addImages(Array(shuffled.dropLast(200)))
      try other.compactor.run(CallControl(), wait: true)
      let moment = Date(timeIntervalSinceNow: 0.001)
      try await Task.sleep(for: .milliseconds(5))
      _ = try await other.addImages(Array(shuffled.suffix(200)))
      let all = try await groups(other)
      #expect(names(all) == expected)
      let late = Set(shuffled.suffix(200).map(\.itemID))
      let touched = all.filter { ($0.members + $0.related).contains { late.contains($0.image.itemID) } }
      #expect(names(try await groups(other, .init(addedSince: moment))) == names(touched))
      LongForm.report("groups: \(fixture.items.count) images, \(found.count) groups, as of an exhaustive look")
    }

    /// Mirrored copies whose global codes are not near those of their originals, as found by comparing two million pairs.
    @Test func mirroredCopiesAreFoundByTheirFeatures() async throws {
      let seeds: [UInt64] = [189, 868, 924, 1099]
      let folder = try TemporaryFolder()
      let index = try LocalIndex(path: folder.path + "/index")
      let images = try seeds.flatMap { seed in
        let drawing = Drawing(seed: seed)
        return [
          (String(seed), try drawing.jpeg(240, 180, quality: 90)),
          ("\(seed)-mirrored", try ImageEncoder.png(drawing.drawn().applying(Dihedral(rawValue: 1)))),
        ]
      }
      _ = try await index.addImages(
        images.map { ImageItem(itemID: $0, images: [.init(name: "p", source: .bytes($1))]) })
      #expect(Set(names(try await groups(index)).map { Set($0) }) == Set(seeds.map { [String($0), "\($0)-mirrored"] }))
    }

    @Test func theOrderOfAddingDoesNotMatter() async throws {
      let fixture = try await Self.fixture.value
      let expected = names(try await groups(fixture.index))
      let folder = try TemporaryFolder()
      var random = SplitMix(state: 7)
      // Small segments, so that there are pairs within one, across two, and in the memtable.
      var configuration = LocalIndexConfiguration()
      configuration.newerImages = 10
      let index = try LocalIndex(path: folder.path + "/index", configuration: configuration)
      let shuffled = fixture.items.shuffled(using: &random)
      for start in stride(from: 0, to: shuffled.count, by: 15) {
        _ = try await index.addImages(Array(shuffled[start..<min(shuffled.count, start + 15)]))
        try index.compactor.run(CallControl(), wait: true)
      }
      #expect(names(try await groups(index)) == expected)
    }

    @Test func whatIsNewFindsTheGroupsOfWhatWasThere() async throws {
      let fixture = try await Self.fixture.value
      let folder = try TemporaryFolder()
      let index = try LocalIndex(path: folder.path + "/index")
      let late: Set<String> = ["10-same", "21-small", "4"]
      _ = try await index.addImages(fixture.items.filter { !late.contains($0.itemID) })
      let moment = Date(timeIntervalSinceNow: 0.001)
      try await Task.sleep(for: .milliseconds(5))
      _ = try await index.addImages(fixture.items.filter { late.contains($0.itemID) })
      let all = try await groups(index)
      let new = try await groups(index, .init(addedSince: moment))
      let expected = all.filter { group in
        (group.members + group.related).contains { late.contains($0.image.itemID) }
      }
      #expect(names(new) == names(expected))
      #expect(new.count == 2)
    }

    @Test func categoriesAndItemsKeepImagesApart() async throws {
      let folder = try TemporaryFolder()
      let index = try LocalIndex(path: folder.path + "/index")
      let (large, small) = (try Drawing(seed: 1).jpeg(300, 225), try Drawing(seed: 1).jpeg(200, 150))
      let (other, otherSmall) = (try Drawing(seed: 2).jpeg(), try Drawing(seed: 2).jpeg(160, 120))
      _ = try await index.addImages([
        ImageItem(
          itemID: "a", images: [.init(name: "1", source: .bytes(large)), .init(name: "2", source: .bytes(small))],
          category: "x"),
        ImageItem(itemID: "b", images: [.init(name: "1", source: .bytes(other))], category: "x"),
        ImageItem(itemID: "c", images: [.init(name: "1", source: .bytes(otherSmall))], category: "y"),
      ])
      #expect(names(try await groups(index)) == [["b", "c"]])
      #expect(names(try await groups(index, .init(withinItems: true))) == [["a", "a"], ["b", "c"]])
      #expect(try await groups(index, .init(acrossCategories: false)).isEmpty)
      #expect(names(try await groups(index, .init(category: "x", withinItems: true))) == [["a", "a"]])
      #expect(try await groups(index, .init(withinItems: true, limit: 1)).count == 1)
    }

    @Test func wrongOptionsAreNamed() async throws {
      let index = try await Self.fixture.value.index
      for (options, word) in [
        (LocalIndex.GroupOptions(minimumConfidence: 1.5), "minimumConfidence"),
        (.init(limit: 0), "limit"), (.init(relations: [.partial]), "relations"),
        (.init(keep: .init(rawValue: "best")), "keep"),
      ] {
        let error = await #expect(throws: ImageSearchError.self) { _ = try await groups(index, options) }
        #expect(error?.code == .invalidArgument && error?.message.contains(word) == true)
      }
    }

    @Test func anEmptyIndexAndOneImageHaveNoGroups() async throws {
      let folder = try TemporaryFolder()
      let index = try LocalIndex(path: folder.path + "/index")
      #expect(try await groups(index).isEmpty)
      _ = try await index.addImages([
        ImageItem(itemID: "a", images: [.init(name: "1", source: .bytes(try Drawing(seed: 1).jpeg()))])
      ])
      #expect(try await groups(index).isEmpty)
    }
  }
#endif
