#if LocalIndex
  import ImageSearch
  import PictureMatching
  import Testing

  @testable import LocalIndex

  /// What segments answer is what a look at every row answers.
  @Suite struct ExhaustiveTests {
    private let folder: TemporaryFolder
    private let index: LocalIndex
    private let pictures = LongForm.isOn ? 300 : 12
    private let size = LongForm.isOn ? (240, 180) : (128, 96)

    /// Two segments and newer rows, with pictures deleted from each.
    init() async throws {
      folder = try TemporaryFolder()
      var configuration = LocalIndexConfiguration()
      configuration.newerPictures = pictures / 6
      index = try LocalIndex(path: folder.path + "/index", configuration: configuration)
      // The first is so much larger that the second is not joined to it, and the rest are too few to become a third.
      try index.insert((0..<pictures).map { NewPicture.random($0, features: 200) })
      for part in [0..<pictures * 4 / 6, pictures * 4 / 6..<pictures * 5 / 6, pictures * 5 / 6..<pictures - 1] {
        let items = try part.map {
          ImageItem(
            itemID: "\($0)",
            pictures: [.init(name: "p", source: .bytes(try Drawing(seed: UInt64(1000 + $0)).jpeg(size.0, size.1)))])
        }
        #expect(try await index.addImages(items).succeeded == items.count)
        try index.makeSegments()
      }
      #expect(try index.segmentRows.count == 2)
      let gone = stride(from: 1, to: pictures - 1, by: 7).map { RemoveRequest(itemID: "\($0)") }
      #expect(try await index.removeImages(gone) == gone.count)
    }

    /// An altered copy of a picture that is or was in the index, or a picture that never was.
    private func query(_ number: Int) throws -> QueryFeatures {
      let drawing = Drawing(seed: UInt64(1000 + number % (pictures + 5)))
      let (w, h) = size
      var picture = drawing.drawn(w, h)
      switch number / 3 % 6 {
      case 0: break
      case 1: picture = drawing.drawn(w * 3 / 2, h * 3 / 2)
      case 2: picture = picture.applying(Dihedral(rawValue: UInt8(number % 8)))
      case 3: picture = part(of: picture, x: w / 8, y: h / 8, width: w * 5 / 8, height: h * 5 / 8)
      case 4: picture = drawing.drawn(w * 5 / 4, h)
      default: picture = part(of: picture, x: 0, y: h / 4, width: w, height: h / 2)
      }
      return try QueryFeatures(of: picture.gray)
    }

    private func part(of picture: ColorPicture, x: Int, y: Int, width: Int, height: Int) -> ColorPicture {
      var pixels: [UInt8] = []
      for row in y..<y + height {
        let start = 3 * (row * picture.width + x)
        pixels += picture.pixels[start..<start + 3 * width]
      }
      return ColorPicture(width: width, height: height, pixels: pixels) ?? picture
    }

    private struct Found: Hashable {
      let id: Int64
      let score: Double
      let confidence: Double
    }

    /// The same matches come from segments as from memory, where every row is, in the same order. Only below the engine's own
    /// cut-off may the last of the 60 candidates be another picture: how rare a feature is, is counted in each table for itself.
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
              query, category: nil, leastConfidence: 0.1, transaction: transaction, control: CallControl()
            ).map { Found(id: $0.id, score: $0.score, confidence: $0.confidence) }
          }
          let sure = both.map { $0.filter { $0.confidence >= PictureMatch.accepted } }
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

    /// Every row looked at with everything tried, not only those that got votes.
    @Test(.timeLimit(.minutes(30))) func nothingIsFoundByALookAtEveryRowThatASearchDoesNotFind() throws {
      let rounds = LongForm.rounds("LOCAL_INDEX_LOOKS", usual: 4, long: 1000)
      var more = 0
      var found = 0
      try index.store.read(CallControl()) { transaction in
        let view = try index.views.view(transaction)
        var rows: [(id: Int64, features: PictureFeatures)] = []
        try transaction.forEachFeatures(from: 1, through: .max) { id, _, bytes in
          rows.append((id, try MatchEngine.features(bytes, of: id)))
        }
        for number in 0..<rounds {
          let query = try query(number * 13)
          let matcher = Matcher(query, indexSize: rows.count)
          let answered = Set(
            try view.search(
              query, category: nil, leastConfidence: PictureMatch.accepted, transaction: transaction,
              control: CallControl()
            ).map(\.id))
          for (id, features) in rows {
            var hints = Matcher.Hints()
            (hints.upright, hints.mirrored, hints.leads) = (true, true, true)
            let match = matcher.match(features, hints)
            let isMatch = match.map { $0.confidence >= PictureMatch.accepted } ?? false
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
