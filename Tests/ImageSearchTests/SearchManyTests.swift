import Testing

@testable import ImageSearch

/// A result or an error for each image of a list.
@Suite struct SearchManyTests {
  private func requests(_ count: Int) -> [SearchRequest] {
    (0..<count).map { SearchRequest(image: .url("https://cbu01.alicdn.com/\($0).jpg")) }
  }

  /// Responds with a page whose only offer has the number in the image's name; later images are faster.
  private final class Numbered: SearchService {
    let name = "Numbered"
    let capabilities: Capabilities = [.searchByURL]
    let fails: @Sendable (Int) -> ImageSearchError?
    let active = Shared((now: 0, most: 0))

    init(_ fails: @escaping @Sendable (Int) -> ImageSearchError? = { _ in nil }) { self.fails = fails }

    func search(_ request: SearchRequest, options: CallOptions) async throws -> SearchPage {
      let number = Int((request.image.url ?? "").filter(\.isNumber).dropFirst(2)) ?? -1
      active.change { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
      defer { active.change { $0.now -= 1 } }
      try await Task.sleep(for: .milliseconds(20 - number))
      if let error = fails(number) { throw error }
      return SearchPage(service: "\(number)", matches: [], total: 0, offset: 0, hasMore: false)
    }

    func close() {}
  }

  @Test func theOrderIsThatOfTheList() async throws {
    let service = Numbered { $0 == 3 ? ImageSearchError(.imageTooSimple, "flat") : nil }
    let seen = Shared<[SearchBatch.Progress]>([])
    let results = try await service.searchMany(requests(12), batch: SearchBatch(concurrent: 5)) { step in
      seen.change { $0.append(step) }
    }
    let names = results.map { result in
      switch result {
      case .success(let page): page.service
      case .failure(let error): "\(error.code)"
      }
    }
    #expect(names == (0..<12).map { $0 == 3 ? "imageTooSimple" : "\($0)" })
    #expect(service.active.value.most <= 5)
    #expect(seen.value.map(\.done) == Array(1...12))
    #expect(seen.value.last?.failed == 1)
  }

  @Test func theCapOnPaidCallsIsThatOfTheList() async throws {
    let transport = ScriptedTransport([.json(TMAPIFixture.search)])
    let client = try TMAPIFixture.client(transport)
    let results = try await client.searchMany(requests(6), batch: SearchBatch(concurrent: 3, maximumPaidCalls: 4))
    #expect(transport.sent.count == 4)
    #expect(results.count { if case .success = $0 { true } else { false } } == 4)
    for case .failure(let error) in results { #expect(error.code == .spendingCapReached) }
    // The client itself has no cap.
    _ = try await client.search(requests(1)[0])
  }

  @Test func whatTheNextWouldMeetTooEndsTheList() async throws {
    let transport = ScriptedTransport([
      .json(TMAPIFixture.search), .json(#"{"code":439,"msg":"balance"}"#, status: 439),
    ])
    let results = try await TMAPIFixture.client(transport).searchMany(requests(9), batch: SearchBatch(concurrent: 1))
    #expect(transport.sent.count == 2)
    let errors = results.compactMap { if case .failure(let error) = $0 { error } else { nil } }
    #expect(errors.count == 8)
    #expect(errors.allSatisfy { $0.code == .noSearchesLeft })
    #expect(errors.dropFirst().allSatisfy { $0.attempts == 0 })
  }

  /// The timeout of one search does not affect the next one, unless the list has no time left.
  @Test func theTimeOfOneSearchIsItsOwn() async throws {
    let service = Numbered { $0 == 1 ? ImageSearchError(.deadlineExceeded, "late") : nil }
    let one = SearchBatch(concurrent: 1)
    let results = try await service.searchMany(requests(4), batch: one)
    #expect(results.count { if case .success = $0 { true } else { false } } == 3)
    let options = CallOptions(totalTimeout: .seconds(60))
    let late = try await service.searchMany(requests(4), batch: one, options: options)
    #expect(late.count { if case .success = $0 { true } else { false } } == 1)
  }

  @Test func whoCancelsKeepsWhatWasPaidFor() async throws {
    let transport = ScriptedTransport([.json(TMAPIFixture.search), .json(TMAPIFixture.search), .silence])
    let client = try TMAPIFixture.client(transport, time: SystemTime())
    let list = requests(5)
    let call = Task { try await client.searchMany(list, batch: SearchBatch(concurrent: 1)) }
    while transport.sent.count < 3 { try await Task.sleep(for: .milliseconds(1)) }
    call.cancel()
    let results = try await call.value
    #expect(results.prefix(2).allSatisfy { if case .success = $0 { true } else { false } })
    let errors = results.compactMap { if case .failure(let error) = $0 { error } else { nil } }
    #expect(errors.map(\.code) == [.cancelled, .cancelled, .cancelled])
    #expect(errors.map(\.mayHaveBeenCharged) == [true, false, false])
  }

  @Test func argumentsOutOfRange() async throws {
    for batch in [SearchBatch(concurrent: 0), SearchBatch(concurrent: 257), SearchBatch(maximumPaidCalls: -1)] {
      await #expect(throws: ImageSearchError.self) { try await Numbered().searchMany([], batch: batch) }
    }
    #expect(try await Numbered().searchMany([]).isEmpty)
  }
}
