#if LocalIndex
  import ImageSearch
  import ImageMatching
  import Rasters
  import Testing

  @testable import ImageIndex

  /// Searches with segments return the results of an exhaustive search of the rows.
  @Suite struct ExhaustiveTests {
    private let folder: TemporaryFolder
    private let index: LocalIndex
    private let images = LongForm.isOn ? 300 : 12
    private let size = LongForm.isOn ? (240, 180) : (128, 96)

    /// Two segments and newer rows, with images deleted from each.
    init() async throws {
      folder = try TemporaryFolder()
      var configuration = LocalIndexConfiguration()
      configuration.newerImages = images / 6
      index = try LocalIndex(path: folder.path + "/index", configuration: configuration)
      // The first is so much larger that the second is not merged with it, and the remaining rows are too few for a third.
      try index.insert((0..<images).map { NewImage.random($0, features: 200) })
      for part in [0..<images * 4 / 6, images * 4 / 6..<images * 5 / 6, images * 5 / 6..<images - 1] {
        let items = try part.map {
          ImageItem(
            itemID: "\($0)",
            images: [.init(name: "p", source: .bytes(try Drawing(seed: UInt64(1000 + $0)).jpeg(size.0, size.1)))])
        }
        #expect(try await index.addImages(items).succeededCount == items.count)
        try index.makeSegments()
      }
      #expect(try index.segmentRows.count == 2)
      let gone = stride(from: 1, to: images - 1, by: 7).map { RemoveRequest(itemID: "\($0)") }
      #expect(try await index.removeImages(gone) == gone.count)
    }

    /// An altered copy of an image that is or was in the index, or of none.
    private func query(_ number: Int) throws -> QueryFeatures {
      let drawing = Drawing(seed: UInt64(1000 + number % (images + 5)))
      let (w, h) = size
      var image = drawing.drawn(w, h)
      switch number / 3 % 6 {
      case 0: break
      case 1: image = drawing.drawn(w * 3 / 2, h * 3 / 2)
      case 2: image = image.applying(Dihedral(rawValue: UInt8(number % 8)))
      case 3: image = part(of: image, x: w / 8, y: h / 8, width: w * 5 / 8, height: h * 5 / 8)
      case 4: image = drawing.drawn(w * 5 / 4, h)
      default: image = part(of: image, x: 0, y: h / 4, width: w, height: h / 2)
      }
      return try QueryFeatures(of: image.gray)
    }

    private func part(of image: ColorImage, x: Int, y: Int, width: Int, height: Int) -> ColorImage {
      var pixels: [UInt8] = []
      for row in y..<y + height {
        let start = 3 * (row * image.width + x)
        pixels += image.pixels[start..<start + 3 * width]
      }
      return ColorImage(width: width, height: height, pixels: pixels) ?? image
    }

    private struct Found: Hashable {
      let id: Int64
      let score: Double
      let confidence: Double
    }

    private static func all(from confidence: Double) -> IndexView.Demand {
      var demand = IndexView.Demand()
      demand.leastConfidence = confidence
      demand.relations.insert(.shared)
      return demand
    }

    /// Segments lead to the same matches in the same order as a memtable with every row. Only below the engine's own
    /// threshold may the last of the 60 candidates differ, because the frequency of a feature is counted per table.
    @Test(.timeLimit(.minutes(30))) func segmentsAnswerAsRowsInMemoryDo() throws {
      var found = 0
      var differing = 0
      let rounds = LongForm.rounds("LOCAL_INDEX_QUERIES", usual: 12, long: 1000)
      try index.store.read(CallControl()) { transaction in
        let view = try index.views.view(transaction)
        #expect(view.segments.count == 2)
        var memory = IndexView()
        try memory.catchUp(
          transaction, to: try transaction.state(), directory: index.store.directory.segments,
          excluded: Set(view.segments.map(\.name)))
        #expect(memory.segments.isEmpty)
        for number in 0..<rounds {
          let query = try query(number)
          let both = try [view, memory].map { view in
            try view.search(
              query, Self.all(from: 0.1), transaction: transaction, control: CallControl()
            ).map { Found(id: $0.id, score: $0.match.score, confidence: $0.match.confidence) }
          }
          let sure = both.map { $0.filter { $0.confidence >= ImageMatch.accepted } }
          #expect(sure[0] == sure[1], "query \(number)")
          found += sure[0].count
          if both[0] != both[1] { differing += 1 }
        }
      }
      #expect(found > rounds / 3)
      #expect(differing <= rounds / 10)
      LongForm.report(
        "segments answered \(rounds) queries as rows in memory do, \(found) matches; below the cut-off \(differing) differed"
      )
    }

    /// Verifies every row with all hypotheses, not only those with votes.
    @Test(.timeLimit(.minutes(30))) func nothingIsFoundByALookAtEveryRowThatASearchDoesNotFind() throws {
      let rounds = LongForm.rounds("LOCAL_INDEX_LOOKS", usual: 4, long: 1000)
      var more = 0
      var found = 0
      try index.store.read(CallControl()) { transaction in
        let view = try index.views.view(transaction)
        var rows: [(id: Int64, features: ImageFeatures)] = []
        try transaction.forEachFeatures(from: 1, through: .max) { id, _, bytes in
          rows.append((id, try MatchEngine.features(bytes, of: id)))
        }
        for number in 0..<rounds {
          let query = try query(number * 13)
          let matcher = Matcher(query, indexSize: rows.count)
          let answered = Set(
            try view.search(
              query, Self.all(from: ImageMatch.accepted), transaction: transaction, control: CallControl()
            ).map(\.id))
          for (id, features) in rows {
            var hints = Matcher.Hints()
            (hints.upright, hints.mirrored, hints.leads) = (true, true, true)
            let match = matcher.match(features, hints)
            let isMatch = match.map { $0.confidence >= ImageMatch.accepted } ?? false
            if isMatch, !answered.contains(id) {
              more += 1
              LongForm.report("query \(number * 13): row \(id) with \(match?.confidence ?? 0)")
            }
          }
          found += answered.count
        }
      }
      #expect(found > rounds / 3)
      #expect(more == 0, "of \(found)")
      LongForm.report("a look at every row found \(more) beside \(found) matches of \(rounds) queries")
    }
  }
#endif
