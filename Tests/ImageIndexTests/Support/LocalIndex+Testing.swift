#if LocalIndex
  import ImageSearch
  import ImageCodecs
  import ImageMatching
  import Rasters
  import Testing

  @testable import ImageIndex

  extension LocalIndex {
    /// Adds one image.
    @discardableResult
    func add(
      _ item: String, _ name: String, _ bytes: [UInt8], category: String? = nil, content: String? = nil
    ) async throws -> AddReport.Outcome {
      let report = try await addImages([
        ImageItem(
          itemID: item, images: [.init(name: name, source: .bytes(bytes))], category: category,
          customContent: content)
      ])
      #expect(report.entries.count == 1)
      return try #require(report.entries.first).outcome
    }

    /// `item/name` of the matches.
    func names(_ request: SearchRequest) async throws -> [String] {
      try await search(request).matches.map { "\($0.itemID ?? "?")/\($0.imageName ?? "?")" }
    }

    func names(_ bytes: [UInt8]) async throws -> [String] { try await names(SearchRequest(image: .bytes(bytes))) }
  }

  extension AddReport.Outcome {
    /// `added`, `replaced`, `unchanged`, or the code of the error.
    var text: String {
      switch self {
      case .added: "added"
      case .replaced: "replaced"
      case .unchanged: "unchanged"
      case .failed(let error): error.code.description
      }
    }
  }

  /// The error that `body` throws.
  func failure<Value>(
    of body: () async throws -> Value, sourceLocation: SourceLocation = #_sourceLocation
  ) async -> ImageSearchError? {
    do {
      _ = try await body()
      Issue.record("no error", sourceLocation: sourceLocation)
    } catch let error as ImageSearchError {
      return error
    } catch {
      Issue.record("\(error) is no ImageSearchError", sourceLocation: sourceLocation)
    }
    return nil
  }

  extension ColorImage {
    /// Transposed first, then mirrored left-right, then top-bottom.
    func applying(_ orientation: Dihedral) -> ColorImage {
      let (w, h) = orientation.transposes ? (height, width) : (width, height)
      var result: [UInt8] = []
      for y in 0..<h {
        for x in 0..<w {
          let tx = orientation.flipsHorizontally ? w - 1 - x : x
          let ty = orientation.flipsVertically ? h - 1 - y : y
          let (sx, sy) = orientation.transposes ? (ty, tx) : (tx, ty)
          let at = 3 * (sy * width + sx)
          result.append(contentsOf: pixels[at..<at + 3])
        }
      }
      return ColorImage(width: w, height: h, pixels: result) ?? self
    }
  }
#endif
