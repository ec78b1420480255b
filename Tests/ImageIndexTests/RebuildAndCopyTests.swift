#if LocalIndex
  import FoundationEssentials
  import ImageSearch
  import Synchronization
  import Testing

  @testable import ImageIndex

  @Suite struct RebuildAndCopyTests {
    private let folder: TemporaryFolder
    private let index: LocalIndex
    private let drawings: [[UInt8]]

    /// Item 0 from a file, 1 from bytes with a thumbnail, 2 from bytes without one.
    init() async throws {
      folder = try TemporaryFolder()
      drawings = try (0..<3).map { try Drawing(seed: UInt64($0)).jpeg() }
      index = try LocalIndex(path: folder.path + "/index")
      let file = try folder.write("0.jpg", drawings[0])
      _ = try await index.addImages([ImageItem(itemID: "0", images: [.init(name: "p", source: .file(file))])])
      try await index.add("1", "p", drawings[1], category: "7", content: "one")
      var bare = LocalIndexConfiguration()
      bare.thumbnailSide = 0
      try await LocalIndex(path: index.path, configuration: bare).add("2", "p", drawings[2])
    }

    /// Marks all features as those of another version.
    private func age() throws {
      try index.store.write(CallControl()) { transaction in
        for id in Int64(1)...3 {
          var features = try #require(try transaction.features(id))
          features[0] ^= 0x40
          try transaction.connection.run(
            "UPDATE features SET data = ?2, checksum = ?3 WHERE image = ?1", .integer(id), .blob(features),
            .integer(Int64(CRC32C.checksum(features))))
        }
        try transaction.connection.run("UPDATE state SET matcher = 1, generation = generation + 1")
      }
      index.close()
    }

    @Test func featuresOfAnotherVersionAreMadeAnewOfFileOrThumbnail() async throws {
      try age()
      #expect(await failure { try LocalIndex(path: index.path) }?.code == .indexVersionMismatch)
      let report = try await LocalIndex.rebuild(path: index.path)
      #expect(report.entries.map(\.outcome.text) == ["replaced", "replaced", "notFound"])
      let rebuilt = try LocalIndex(path: index.path)
      #expect(try await rebuilt.names(drawings[0]) == ["0/p"])
      #expect(try await rebuilt.names(drawings[1]) == ["1/p"])
      // By its bytes only.
      #expect(try await rebuilt.names(drawings[2]) == ["2/p"])
      #expect(try await rebuilt.names(try Drawing(seed: 2).jpeg(200, 150)) == [])
      #expect(try await rebuilt.imageCount() == 3)
      // Adding it again restores it.
      #expect(try await rebuilt.add("2", "p", drawings[2]).text == "replaced")
      #expect(try await rebuilt.names(try Drawing(seed: 2).jpeg(200, 150)) == ["2/p"])
      #expect(try await rebuilt.imageCount() == 3)
      #expect(try await rebuilt.rebuild().entries.map(\.outcome.text) == ["unchanged", "unchanged", "unchanged"])
    }

    @Test func damagedFeaturesAreAnErrorUntilTheyAreMadeAnew() async throws {
      try index.store.write(CallControl()) { transaction in
        try transaction.connection.run("UPDATE features SET data = zeroblob(length(data)) WHERE image = 2")
        try transaction.connection.run("UPDATE state SET generation = generation + 1")
      }
      #expect(await failure { try await index.names(drawings[1]) }?.code == .indexCorrupt)
      #expect(try await index.rebuild().entries.map(\.outcome.text) == ["unchanged", "replaced", "unchanged"])
      #expect(try await index.names(drawings[1]) == ["1/p"])
      #expect(try await index.names(drawings[2]) == ["2/p"])
    }

    @Test func thereIsNothingToRebuildWhereThereIsNoIndex() async throws {
      #expect(await failure { try await LocalIndex.rebuild(path: folder.path + "/no") }?.code == .indexUnavailable)
      #expect(await failure { try await LocalIndex.rebuild(path: folder.path) }?.code == .indexUnavailable)
    }

    @Test func aCopyHasWhatHasAnOriginalAndGoesOnWhereItEnded() async throws {
      let copy = try LocalIndex(path: folder.path + "/copy")
      let target = Taking(index: copy)
      let report = try await index.copy(into: target)
      #expect(report.entries.map(\.outcome.text) == ["added", "notFound", "notFound"])
      #expect(try await copy.names(drawings[0]) == ["0/p"])

      var thumbnails = LocalIndex.CopyOptions()
      thumbnails.sendsThumbnails = true
      #expect(
        try await index.copy(into: target, copy: thumbnails).entries.map(\.outcome.text) == ["added", "notFound"])
      let match = try #require(try await copy.search(SearchRequest(image: .bytes(drawings[1]))).matches.first)
      #expect(match.category == "7")
      #expect(match.customContent == "one")

      var given = LocalIndex.CopyOptions()
      let third = drawings[2]
      given.provider = { item, _, _ in item == "2" ? .bytes(third) : nil }
      #expect(try await index.copy(into: target, copy: given).entries.map(\.outcome.text) == ["added"])
      #expect(try await index.copy(into: target, copy: given).entries.isEmpty)
      // A replaced image is copied again.
      try await index.add("2", "p", drawings[2], content: "new")
      #expect(try await index.copy(into: target, copy: given).entries.map(\.outcome.text) == ["replaced"])
      #expect(try await copy.imageCount() == 3)
    }

    @Test func anotherIndexTakesWhatIsStoredAndNeedsNoOriginals() async throws {
      let target = try LocalIndex(path: folder.path + "/copy")
      let report = try await index.copy(into: target)
      #expect(report.entries.map(\.outcome.text) == ["added", "added", "added"])
      #expect(try await index.copy(into: target).entries.isEmpty)
      for drawing in drawings {
        let request = SearchRequest(image: .bytes(drawing))
        let (here, there) = (try await index.search(request), try await target.search(request))
        #expect(here.matches == there.matches)
        #expect(there.total == 1)
      }
      try await index.add("2", "p", drawings[2], content: "new")
      #expect(try await index.copy(into: target).entries.map(\.outcome.text) == ["replaced"])
      #expect(try await target.imageCount() == 3)
      var reading = LocalIndexConfiguration()
      reading.readOnly = true
      let closed = try LocalIndex(path: folder.path + "/copy", configuration: reading)
      try await index.add("9", "p", drawings[2])
      #expect(await failure { try await index.copy(into: closed) }?.code == .indexUnavailable)
    }

    @Test func aServiceThatCannotGoOnEndsTheCopy() async throws {
      #expect(await failure { try await index.copy(into: Full()) }?.code == .capacityReached)
      #expect(await failure { try await index.copy(into: Deaf()) }?.code == .unsupported)
      var options = LocalIndex.CopyOptions()
      options.callSize = 0
      #expect(await failure { try await index.copy(into: Full(), copy: options) }?.code == .invalidArgument)
    }
  }

  extension RebuildAndCopyTests {
    private var given: LocalIndex.CopyOptions {
      var options = LocalIndex.CopyOptions()
      let drawing = drawings[0]
      options.provider = { _, _, _ in .bytes(drawing) }
      return options
    }

    @Test(arguments: [ImageSearchError.Code.capacityReached, .quotaExceeded, .cancelled, .connectionFailed])
    func whatWasTakenBeforeTheEndIsNotSentAgain(_ code: ImageSearchError.Code) async throws {
      let service = Ending()
      service.end = { $0 == 2 ? code : nil }
      #expect(await failure { try await index.copy(into: service, copy: given) }?.code == code)
      service.end = { _ in nil }
      #expect(try await index.copy(into: service, copy: given).entries.map(\.itemID) == ["2"])
      #expect(service.taken == ["0", "1", "2"])
    }

    @Test func whatWasTakenWhenTheCallEndedIsNotSentAgain() async throws {
      let service = Ending()
      service.end = { number in
        if number == 2 { withUnsafeCurrentTask { $0?.cancel() } }
        return nil
      }
      let task = Task { try await index.copy(into: service, copy: given) }
      #expect(await failure { try await task.value }?.code == .cancelled)
      #expect(try await index.copy(into: service, copy: given).entries.isEmpty)
      #expect(service.taken == ["0", "1", "2"])
    }

    @Test func whatWasTakenAfterTheDeadlineIsNotSentAgain() async throws {
      // Beside other tests, the time may be over before the service is reached.
      for seconds in [2, 20, 200] {
        let service = Ending(isLate: true)
        var options = CallOptions()
        options.totalTimeout = .seconds(seconds)
        let error = await failure { try await index.copy(into: service, copy: given, options: options) }
        #expect(error?.code == .deadlineExceeded)
        guard !service.taken.isEmpty else { continue }
        #expect(service.taken == ["0", "1", "2"])
        // Beside other tests, the record may take longer than the call waits for it; a write comes after it.
        _ = try await index.removeImages([RemoveRequest(itemID: "none")])
        let rest = Ending()
        #expect(try await index.copy(into: rest, copy: given).entries.isEmpty && rest.taken.isEmpty)
        return
      }
      Issue.record("the service was never reached")
    }
  }

  /// Takes images until something happens.
  private final class Ending: SearchService {
    let name = "Ending"
    let capabilities: Capabilities = .addImages
    private let isLate: Bool
    private let state = Mutex<(taken: [String], end: @Sendable (Int) -> ImageSearchError.Code?)>(([], { _ in nil }))

    /// - Parameter isLate: whether it responds after the deadline of the call.
    init(isLate: Bool = false) { self.isLate = isLate }

    var taken: [String] { state.withLock { $0.taken } }
    /// The error of the image of that number, if it has one.
    var end: @Sendable (Int) -> ImageSearchError.Code? {
      get { state.withLock { $0.end } }
      set { state.withLock { $0.end = newValue } }
    }

    func search(_ request: SearchRequest, options: CallOptions) async throws -> SearchPage {
      throw unsupported("search")
    }

    func addImages(_ items: [ImageItem], options: CallOptions) async throws -> AddReport {
      let end = end
      let report = AddReport(
        entries: items.enumerated().map { number, item in
          let error = end(number).map { ImageSearchError($0, "the end", service: name) }
          if error == nil { state.withLock { $0.taken.append(item.itemID) } }
          return .init(
            itemID: item.itemID, imageName: item.images[0].name, outcome: error.map { .failed($0) } ?? .added)
        })
      while isLate, let deadline = options.deadline, !deadline.hasPassed { try await Task.sleep(for: .milliseconds(5)) }
      return report
    }

    func close() {}
  }

  /// A service that is not a local index.
  private struct Taking: SearchService {
    let index: LocalIndex
    let name = "Taking"
    var capabilities: Capabilities { index.capabilities }

    func search(_ request: SearchRequest, options: CallOptions) async throws -> SearchPage {
      try await index.search(request, options: options)
    }
    func addImages(_ items: [ImageItem], options: CallOptions) async throws -> AddReport {
      try await index.addImages(items, options: options)
    }
    func close() {}
  }

  /// Accepts no more images.
  private struct Full: SearchService {
    let name = "Full"
    let capabilities: Capabilities = .addImages

    func search(_ request: SearchRequest, options: CallOptions) async throws -> SearchPage {
      throw unsupported("search")
    }

    func addImages(_ items: [ImageItem], options: CallOptions) async throws -> AddReport {
      AddReport(
        entries: items.map {
          .init(
            itemID: $0.itemID, imageName: $0.images[0].name,
            outcome: .failed(ImageSearchError(.capacityReached, "full", service: name)))
        })
    }

    func close() {}
  }

  /// Accepts no images at all.
  private struct Deaf: SearchService {
    let name = "Deaf"
    let capabilities: Capabilities = []

    func search(_ request: SearchRequest, options: CallOptions) async throws -> SearchPage {
      throw unsupported("search")
    }

    func close() {}
  }
#endif
