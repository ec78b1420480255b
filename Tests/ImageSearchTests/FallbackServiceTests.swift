import Synchronization
import Testing

@testable import ImageSearch

/// Several services in order.
@Suite struct FallbackServiceTests {
  /// A service with scripted responses that records its requests.
  private final class Scripted: SearchService {
    let name: String
    let capabilities: Capabilities
    let asked = Shared<[SearchRequest]>([])
    let failure = Shared<ImageSearchError?>(nil)
    let left: Quota
    let isClosed = Shared(false)

    init(
      _ name: String, _ capabilities: Capabilities = [.searchByURL, .searchByUpload, .remainingSearches, .quota],
      left: Int? = 7
    ) {
      self.name = name
      self.capabilities = capabilities
      self.left = Quota(unit: .searches, remaining: left)
    }

    func fail(_ code: ImageSearchError.Code?, retryAfter: Duration? = nil, charged: Bool = false) {
      failure.change { failure in
        failure = code.map { ImageSearchError($0, "\(name) says no", service: name) }
        failure?.retryAfter = retryAfter
        failure?.mayHaveBeenCharged = charged
      }
    }

    func search(_ request: SearchRequest, options: CallOptions) async throws -> SearchPage {
      asked.change { $0.append(request) }
      if let error = failure.value { throw error }
      var match = Match()
      match.itemID = "\(request.offset)"
      return SearchPage(
        service: name, matches: [match], total: 3, offset: request.offset, hasMore: request.offset < 2)
    }

    func quota(options: CallOptions) async throws -> Quota { left }
    func close() { isClosed.change { $0 = true } }
  }

  private let time = InstantTime()
  private let request = SearchRequest(image: .url("https://a.example/b.jpg"))

  private func error(_ call: () async throws -> Void) async -> ImageSearchError? {
    do {
      try await call()
      return nil
    } catch {
      return error as? ImageSearchError
    }
  }

  @Test(arguments: [ImageSearchError.Code.noSearchesLeft, .quotaExceeded, .spendingCapReached])
  func theNextWhenTheFirstIsOutOfQuota(_ code: ImageSearchError.Code) async throws {
    let (first, second) = (Scripted("A"), Scripted("B"))
    let both = try FallbackService([first, second], time: time)
    #expect(try await both.search(request).service == "A")
    first.fail(code)
    #expect(try await both.search(request).service == "B")
    #expect(first.asked.value.count == 2)
    // The first is not used for a while, then again.
    #expect(try await both.search(request).service == "B")
    #expect(first.asked.value.count == 2)
    first.fail(nil)
    time.advance(601)
    #expect(try await both.search(request).service == "A")
  }

  @Test func theProviderSaysHowLong() async throws {
    let (first, second) = (Scripted("A"), Scripted("B"))
    let both = try FallbackService([first, second], time: time)
    first.fail(.quotaExceeded, retryAfter: .seconds(3600))
    _ = try await both.search(request)
    time.advance(3599)
    _ = try await both.search(request)
    #expect(first.asked.value.count == 1)
    time.advance(2)
    _ = try await both.search(request)
    #expect(first.asked.value.count == 2)
  }

  @Test func otherErrorsAreTheCallers() async throws {
    let (first, second) = (Scripted("A"), Scripted("B"))
    let both = try FallbackService([first, second], time: time)
    for code in ImageSearchError.Code.names.keys
    where ![.noSearchesLeft, .quotaExceeded, .spendingCapReached].contains(code) {
      first.fail(code)
      #expect(await error { _ = try await both.search(request) }?.code == code)
    }
    // A search that may have been charged is not repeated at another service.
    first.fail(.noSearchesLeft, charged: true)
    #expect(await error { _ = try await both.search(request) }?.code == .noSearchesLeft)
    #expect(second.asked.value.isEmpty)
  }

  @Test func everybodyIsOutOfQuota() async throws {
    let (first, second) = (Scripted("A"), Scripted("B"))
    let both = try FallbackService([first, second], time: time)
    first.fail(.noSearchesLeft)
    second.fail(.spendingCapReached)
    for _ in 0..<2 {
      let error = await error { _ = try await both.search(request) }
      #expect(error?.code == .noSearchesLeft)
      #expect(error?.message == "A says no; B: B says no")
    }
    // No service is excluded permanently.
    second.fail(nil)
    #expect(try await both.search(request).service == "B")
  }

  @Test func thePagesOfAnImageComeFromOneService() async throws {
    let (first, second) = (Scripted("A"), Scripted("B"))
    let both = try FallbackService([first, second], time: time)
    first.fail(.noSearchesLeft)
    var matches = both.matches(request).makeAsyncIterator()
    _ = try await matches.next()
    first.fail(nil)
    time.advance(10_000)
    _ = try await matches.next()
    _ = try await matches.next()
    #expect(try await matches.next() == nil)
    #expect(second.asked.value.map(\.offset) == [0, 1, 2])
    #expect(first.asked.value.count == 1)
    // An exhausted quota on a later page is an error: the second page of another service belongs to another list.
    second.fail(.noSearchesLeft)
    var later = request
    later.offset = 1
    #expect(await error { _ = try await both.search(later) }?.code == .noSearchesLeft)
  }

  @Test func whoCanDoWhat() async throws {
    let urls = Scripted("URLs", [.searchByURL])
    let uploads = Scripted("uploads", [.searchByUpload, .addImages], left: nil)
    let both = try FallbackService([urls, uploads], time: time)
    #expect(both.name == "URLs or uploads")
    #expect(both.capabilities == [.searchByURL, .searchByUpload])
    #expect(try await both.search(SearchRequest(image: .bytes([1]))).service == "uploads")
    #expect(urls.asked.value.isEmpty)
    #expect(await error { _ = try await both.remainingSearches() }?.code == .unsupported)
    let upload = SearchRequest(image: .bytes([1]))
    #expect(await error { _ = try await FallbackService([urls]).search(upload) }?.code == .unsupported)
    #expect(await error { _ = try FallbackService([]) }?.code == .invalidArgument)
    both.close()
    #expect(urls.isClosed.value && uploads.isClosed.value)
  }

  @Test func whatIsLeftTogether() async throws {
    #expect(try await FallbackService([Scripted("A"), Scripted("B", left: 5)]).remainingSearches().remaining == 12)
    #expect(try await FallbackService([Scripted("A"), Scripted("B", left: nil)]).remainingSearches().remaining == nil)
    let many = try FallbackService([Scripted("A", left: .max), Scripted("B")])
    #expect(try await many.remainingSearches().remaining == .max)
  }

  @Test func aBatchThatIsLargerThanTheQuota() async throws {
    let service = Scripted("A", left: 7)
    #expect(try await service.ensureQuota(for: 7).remaining == 7)
    let refusal = await error { try await service.ensureQuota(for: 8) }
    #expect(refusal?.code == .noSearchesLeft)
    #expect(refusal?.service == "A")
    #expect(refusal?.message == "the batch needs 8 searches and 7 are left; nothing was sent")
    #expect(await error { try await service.ensureQuota(for: -1) }?.code == .invalidArgument)
    // Adding images does not count as searching.
    #expect(await error { try await service.ensureQuota(for: 1, of: .images) }?.code == .unsupported)
    #expect(try await Scripted("B", left: nil).ensureQuota(for: .max).remaining == nil)
  }
}
