#if LocalIndex
  import ImageCodecs
  import ImageMatching
  import ImageSearch
  import Rasters
  import Testing

  @testable import ImageIndex

  /// A search in several indexes returns the page of one index with all their images.
  @Suite struct PartialSearchTests {
    private struct Fixture {
      let folder: TemporaryFolder
      /// All images.
      let whole: LocalIndex
      /// The same images, each in one of the indexes.
      let parts: [LocalIndex]
      let count: Int
    }

    /// Pages of one template, which are mostly the same.
    private static func template(_ kind: UInt64, _ seed: UInt64, _ width: Int = 320, _ height: Int = 240) throws
      -> ColorImage
    {
      let own = height / 3
      let ground = Drawing(seed: 8_000 + kind).drawn(width, height - own)
      let rest = Drawing(seed: 9_000 + seed).drawn(width, own)
      return try #require(ColorImage(width: width, height: height, pixels: Array(ground.pixels) + Array(rest.pixels)))
    }

    private static let fixture = Task {
      let folder = try TemporaryFolder()
      var items: [ImageItem] = []
      func add(_ name: String, _ bytes: [UInt8]) {
        items.append(
          ImageItem(
            itemID: name, images: [.init(name: "p", source: .bytes(bytes))],
            category: items.count % 2 == 0 ? "even" : "odd"))
      }
      for seed in 0..<8 as Range<UInt64> { add("drawing \(seed)", try Drawing(seed: seed).jpeg()) }
      // One template has many images, another has as many as there are indexes.
      for seed in 0..<12 as Range<UInt64> { add("many \(seed)", try ImageEncoder.jpeg(template(1, seed), quality: 85)) }
      for seed in 0..<3 as Range<UInt64> { add("few \(seed)", try ImageEncoder.jpeg(template(2, seed), quality: 85)) }
      // Copies of one image, some of which have the same features, and the same bytes twice.
      for number in 0..<9 {
        add("copy \(number)", try Drawing(seed: 70).jpeg(300 - 6 * number, 225, quality: 90 - 5 * number))
      }
      let same = Drawing(seed: 71).drawn(260, 200)
      for number in 0..<7 {
        add("same \(number)", try ImageEncoder.png(same) + [UInt8](repeating: 0, count: number % 6))
      }
      add("flat", try Drawing.flat())
      let whole = try LocalIndex(path: folder.path + "/whole")
      #expect(try await whole.addImages(items).succeededCount == items.count)
      var parts: [LocalIndex] = []
      for part in 0..<3 {
        let index = try LocalIndex(path: folder.path + "/part\(part)")
        // Not round-robin, so that one index has several images of a template and another has one.
        let own = items.enumerated().filter { (7 * $0.offset / 4) % 3 == part }.map(\.element)
        #expect(try await index.addImages(own).succeededCount == own.count)
        parts.append(index)
      }
      return Fixture(folder: folder, whole: whole, parts: parts, count: items.count)
    }

    private let whole: LocalIndex
    private let parts: [LocalIndex]
    private let count: Int

    init() async throws {
      let fixture = try await Self.fixture.value
      (whole, parts, count) = (fixture.whole, fixture.parts, fixture.count)
    }

    private static func queries() throws -> [(name: String, bytes: [UInt8])] {
      var queries: [(name: String, bytes: [UInt8])] = [
        ("the same bytes", try Drawing(seed: 3).jpeg()),
        ("larger", try Drawing(seed: 3).jpeg(500, 375, quality: 60)),
        ("turned", try ImageEncoder.png(Drawing(seed: 4).drawn(320, 240).applying(Dihedral(rawValue: 6)))),
        ("stranger", try Drawing(seed: 999).jpeg(300, 200)),
        ("copies", try Drawing(seed: 70).jpeg(260, 195, quality: 70)),
        ("the same features", try ImageEncoder.jpeg(Drawing(seed: 71).drawn(260, 200), quality: 80)),
        ("the same bytes several times", try ImageEncoder.png(Drawing(seed: 71).drawn(260, 200))),
        ("flat", try Drawing.flat()),
      ]
      for seed in [0, 5, 11, 100, 101] as [UInt64] {
        queries.append(("many \(seed)", try ImageEncoder.jpeg(template(1, seed, 400, 300), quality: 70)))
      }
      for seed in [1, 2, 100] as [UInt64] {
        queries.append(("few \(seed)", try ImageEncoder.jpeg(template(2, seed, 280, 210), quality: 70)))
      }
      let negative = Drawing(seed: 6).drawn(300, 225)
      queries.append(
        (
          "negative",
          try ImageEncoder.jpeg(
            try #require(ColorImage(width: 300, height: 225, pixels: negative.pixels.map { 255 - $0 })), quality: 85)
        ))
      return queries
    }

    private func partials(_ bytes: [UInt8], _ request: SearchRequest, effort: SearchRequest.Effort) async throws
      -> [[UInt8]]
    {
      let query = try await whole.encodedQuery(of: SearchRequest(image: .bytes(bytes), effort: effort))
      var request = request
      request.populationSize = count
      let ready = request
      return try await parts.asyncMap { try await $0.searchPartial(encoded: query, ready) }
    }

    private static let everything = Match.Relation.copies.union([.shared])

    @Test func thePageIsThatOfOneIndex() async throws {
      var shared = 0
      for (name, bytes) in try Self.queries() {
        for effort in [SearchRequest.Effort.fast, .normal] {
          let request = SearchRequest(image: .bytes(bytes), relations: Self.everything, effort: effort)
          let expected = try await whole.search(request)
          let partials = try await partials(bytes, request, effort: effort)
          // In any order.
          for some in [partials, partials.reversed()] {
            let page = try LocalIndex.mergePartials(some, request)
            #expect(page.matches == expected.matches, "\(name)")
            #expect(page.total == expected.total, "\(name)")
            #expect(page.look == expected.look, "\(name)")
            #expect(page.hasMore == expected.hasMore && !page.isApproximate, "\(name)")
          }
          shared += expected.matches.count { $0.relation == .shared }
        }
      }
      #expect(shared > 20, "there are pages that differ when each index judges what it has")
    }

    @Test func anIndexAloneJudgesATemplateOtherwise() async throws {
      // The tests above would prove nothing if verdicts did not depend on other images.
      let bytes = try ImageEncoder.jpeg(Self.template(2, 100, 280, 210), quality: 70)
      let request = SearchRequest(image: .bytes(bytes), relations: Self.everything, effort: .fast)
      let together = try await whole.search(request).matches.map(\.relation)
      let apart = try await parts.asyncMap { try await $0.search(request).matches.map(\.relation) }.flatMap(\.self)
      #expect(together.count == apart.count && together.count == 3)
      #expect(together.allSatisfy { $0 == .shared } && apart != together)
    }

    @Test func windowRelationsLimitsAndCategoryHold() async throws {
      for (name, bytes) in try Self.queries()
      where name.hasPrefix("copies") || name.hasPrefix("the same") || name == "many 5" {
        for change in 0..<6 {
          var request = SearchRequest(image: .bytes(bytes), effort: .fast)
          switch change {
          case 0: (request.limit, request.offset) = (3, 2)
          case 1: (request.limit, request.offset) = (2, 50)
          case 2: request.relations = [.altered, .reencoded]
          case 3: request.minimumScore = 90
          case 4: (request.minimumConfidence, request.relations) = (0.97, Self.everything)
          default: request.category = "odd"
          }
          let expected = try await whole.search(request)
          let page = try LocalIndex.mergePartials(try await partials(bytes, request, effort: .fast), request)
          #expect(page.matches == expected.matches && page.total == expected.total, "\(name) \(change)")
          #expect(page.offset == expected.offset && page.nextOffset == expected.nextOffset, "\(name) \(change)")
        }
      }
      let request = SearchRequest(image: .bytes(try Drawing(seed: 3).jpeg()), category: "no such category")
      #expect(
        try LocalIndex.mergePartials(try await partials(Drawing(seed: 3).jpeg(), request, effort: .fast)).total == 0)
    }

    @Test func partsThatDoNotBelongTogetherAreRefused() async throws {
      let request = SearchRequest(image: .bytes([UInt8]()))
      let one = try await partials(Drawing(seed: 3).jpeg(300, 225), request, effort: .fast)
      let other = try await partials(Drawing(seed: 4).jpeg(300, 225), request, effort: .fast)
      let query = try await whole.encodedQuery(
        of: SearchRequest(image: .bytes(Drawing(seed: 3).jpeg(300, 225)), effort: .fast))
      let smaller = try await parts[0].searchPartial(
        encoded: query, SearchRequest(image: .bytes([UInt8]()), populationSize: 5))
      for mixed in [[one[0], other[1]], [one[0], smaller]] {
        let error = await failure { try LocalIndex.mergePartials(mixed) }
        #expect(error?.code == .invalidArgument)
      }
      #expect(try LocalIndex.mergePartials([]).total == 0)
    }

    @Test func whatIsTooSimpleIsFoundByItsBytesAlone() async throws {
      let request = SearchRequest(image: .bytes([UInt8]()))
      let found = try LocalIndex.mergePartials(try await partials(Drawing.flat(), request, effort: .normal))
      #expect(found.matches.map(\.relation) == [.identical])
      let other = try ImageEncoder.png(
        try #require(ColorImage(width: 50, height: 60, pixels: [UInt8](repeating: 99, count: 9000))))
      let nothing = try await partials(other, request, effort: .normal)
      let error = await failure { try LocalIndex.mergePartials(nothing) }
      #expect(error?.code == .imageTooSimple)
    }

    @Test func aPartIsSmallAndIsWrittenAsItWasRead() async throws {
      let request = SearchRequest(image: .bytes([UInt8]()))
      for (name, bytes) in try Self.queries() {
        for part in try await partials(bytes, request, effort: .fast) {
          let read = try PartialSearch(part)
          #expect(try read.bytes() == part, "\(name)")
          let looked = read.steps.joined().joined().count + read.identicalCount
          #expect(part.count <= 128 + 6500 * looked, "\(name): \(part.count) bytes, \(looked) images")
        }
      }
    }

    /// Any changed byte, any length: an error or a page, never a trap.
    @Test func hostileBytesAreRefusedOrMerged() async throws {
      let request = SearchRequest(image: .bytes([UInt8]()))
      let sound = try await partials(try ImageEncoder.jpeg(Self.template(1, 5), quality: 70), request, effort: .fast)
      let part = try #require(sound.max { $0.count < $1.count })
      var random = SplitMix(state: 5)
      for round in 0..<300 {
        var bytes = part
        for _ in 0..<(1 + round % 4) {
          let place = Int(random.next() % UInt64(round % 3 == 0 ? bytes.count : 700))
          bytes[place] = round % 2 == 0 ? UInt8(truncatingIfNeeded: random.next()) : [0, 255, 1, 128][round % 4]
        }
        if round % 5 == 4 { bytes.removeLast(Int(random.next() % UInt64(bytes.count))) }
        if round % 7 == 6 { bytes += [1, 2, 3] }
        let isUntouched = bytes == part
        #expect(isUntouched || refusal([bytes]) != nil, "its checksum is wrong")
        PartialSearch.form.seal(&bytes)
        let sealed = refusal([bytes, sound[0]])
        #expect([nil, .invalidArgument, .indexVersionMismatch, .imageTooSimple, .imageTooSmall].contains(sealed))
      }
      for bytes in [[], [1], Array("imgparts".utf8), [UInt8](repeating: 255, count: 4096)] as [[UInt8]] {
        #expect(refusal([bytes]) == .invalidArgument)
      }
    }

    private func refusal(_ parts: [[UInt8]]) -> ImageSearchError.Code? {
      do {
        _ = try LocalIndex.mergePartials(parts)
        return nil
      } catch {
        return (error as? ImageSearchError)?.code ?? .internalFailure
      }
    }
  }
#endif
