#if LocalIndex
  import FoundationEssentials
  import ImageSearch
  import ImageMatching
  import Testing

  @testable import ImageIndex

  /// An index with every feature – a segment, newer rows, categories, deletions –, and the results of searches in it.
  struct SampleIndex: Sendable {
    /// A search with precomputed features, because computing them takes longest without optimization.
    struct Question: Sendable {
      let features: QueryFeatures
      let request: SearchRequest
      let answer: [Match]
    }

    let folder: TemporaryFolder
    let path: String
    let questions: [Question]

    /// - Parameter random: Number of images without a drawing.
    init(random: Int = 120) async throws {
      folder = try TemporaryFolder()
      path = folder.path + "/index"
      let index = try LocalIndex(path: path)
      let drawings = try (0..<4).map { try Drawing(seed: 60 + $0).jpeg(160, 120) }
      for i in 0..<3 {
        try await index.add("drawing", "\(i)", drawings[i], category: i == 0 ? "x" : "y", content: "\(i)")
      }
      try index.insert((0..<random).map { NewImage.random($0, features: 24, category: $0 % 3 == 0 ? "x" : nil) })
      try index.makeSegments(all: true)
      try await index.add("drawing", "3", drawings[3], category: "x")
      try index.insert((random..<random + 8).map { NewImage.random($0, features: 24) })
      // An image of the segment that is searched for, and an image of the segment and a newer one that are not.
      for (item, name) in [("drawing", "2"), ("random-5", "p"), ("random-\(random + 2)", "p")] {
        #expect(try await index.removeImages([RemoveRequest(itemID: item, imageName: name)]) == 1)
      }
      let analyzer = ImageAnalyzer(configuration: index.configuration)
      questions = try drawings.flatMap { drawing in
        let features = try drawing.withUnsafeBytes { try analyzer.query($0, region: nil) }
        return try [nil, "y"].map { category in
          let request = SearchRequest(image: .bytes(drawing), category: category)
          let answer = try index.answer(features, request, control: CallControl()).matches
          return Question(features: features, request: request, answer: answer)
        }
      }
      #expect(questions.map(\.answer.count) == [1, 0, 1, 1, 0, 0, 1, 0])
      index.close()
    }

    /// The results of an index that may be damaged.
    enum Answers: Hashable {
      case right
      case wrong
      case error(ImageSearchError.Code)
    }

    /// Opens the index in a directory and makes all calls.
    func answers(in path: String, readOnly: Bool = false) -> Answers {
      var configuration = LocalIndexConfiguration()
      configuration.readOnly = readOnly
      configuration.createIfMissing = false
      do {
        let index = try LocalIndex(path: path, configuration: configuration)
        defer { index.close() }
        for question in questions {
          let page = try index.answer(
            question.features, question.request, control: CallControl(deadline: .after(.seconds(60))))
          guard page.matches == question.answer else { return .wrong }
        }
        return .right
      } catch let error as ImageSearchError {
        return .error(error.code)
      } catch {
        Issue.record("\(error) is no ImageSearchError")
        return .wrong
      }
    }
  }
#endif
