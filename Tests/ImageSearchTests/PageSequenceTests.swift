import FoundationEssentials
import Synchronization
import Testing

@testable import ImageSearch

/// Iterating over pages: it ends for any responses, and pays for no page twice.
@Suite struct PageSequenceTests {
  /// Returns scripted pages, whatever the offset.
  private final class Provider: SearchService {
    let name = "Provider"
    let capabilities: Capabilities = [.searchByURL]
    private let page: @Sendable (Int) -> (scores: [Double], hasMore: Bool)
    let asked = Mutex<[Int]>([])

    init(_ page: @escaping @Sendable (Int) -> (scores: [Double], hasMore: Bool)) { self.page = page }

    func search(_ request: SearchRequest, options: CallOptions) async throws -> SearchPage {
      let count = asked.withLock { asked in
        asked.append(request.offset)
        return asked.count
      }
      guard count < 50 else { throw ImageSearchError(.spendingCapReached, "nobody ends this walk") }
      let (scores, hasMore) = page(request.offset)
      let matches = scores.map { score in
        var match = Match()
        match.score = score
        return match
      }
      var page = SearchPage(service: name, matches: matches, total: 1000, offset: request.offset, hasMore: hasMore)
      page.leaveOut(below: request.minimumScore)
      return page
    }

    func close() {}
  }

  private func walk(_ provider: Provider, minimumScore: Double? = nil) async throws -> [[Double]] {
    var pages: [[Double]] = []
    let request = SearchRequest(image: .url("https://example.org/a.jpg"), limit: 2, minimumScore: minimumScore)
    for try await page in provider.pages(request) { pages.append(page.matches.compactMap(\.score)) }
    return pages
  }

  @Test func goesOnUntilNothingFollows() async throws {
    let provider = Provider { ([100 - Double($0), 99 - Double($0)], $0 < 4) }
    #expect(try await walk(provider) == [[100, 99], [98, 97], [96, 95]])
    #expect(provider.asked.withLock { $0 } == [0, 2, 4])
  }

  @Test func endsAtAPageThatCameBefore() async throws {
    let same = Provider { _ in ([90, 80], true) }
    #expect(try await walk(same) == [[90, 80]])
    #expect(same.asked.withLock { $0 } == [0, 2])
    // Two alternating pages.
    let turns = Provider { ([$0 % 4 == 0 ? 90 : 70, 60], true) }
    #expect(try await walk(turns) == [[90, 60], [70, 60]])
    #expect(turns.asked.withLock { $0 }.count == 3)
    // No match of it is returned, but it is still the same page.
    let low = Provider { _ in ([20, 10], true) }
    #expect(try await walk(low, minimumScore: 50) == [[]])
    #expect(low.asked.withLock { $0 }.count == 2)
  }

  @Test func endsWhereTheOffsetStandsStill() async throws {
    let empty = Provider { _ in ([], true) }
    #expect(try await walk(empty) == [[]])
    #expect(empty.asked.withLock { $0 }.count == 1)
  }

  @Test func matchesAreThoseOfThePages() async throws {
    let provider = Provider { ([100 - Double($0), 99 - Double($0)], $0 < 4) }
    var scores: [Double] = []
    for try await match in provider.matches(SearchRequest(image: .url("https://example.org/a.jpg"))) {
      scores.append(match.score ?? 0)
    }
    #expect(scores == [100, 99, 98, 97, 96, 95])
  }

  @Test func whatCannotBeCountedIsSaid() async throws {
    let provider = Provider { _ in ([], false) }
    for call in [{ _ = try await provider.quota() }, { _ = try await provider.remainingSearches() }]
      as [() async throws -> Void]
    {
      let error = await #expect(throws: ImageSearchError.self) { try await call() }
      #expect(error?.code == .unsupported)
    }
  }

  @Test func sourcesAreMadeOfURLsAndData() throws {
    let web = try #require(URL(string: "https://example.org/a%20b.jpg"))
    #expect(ImageSource.url(web).url == "https://example.org/a%20b.jpg")
    let file = URL(filePath: "/tmp/a b.jpg")
    for source in [ImageSource.url(file), .file(file)] {
      #expect(source.url == nil)
      #expect(source.fileName == "a b.jpg")
    }
    #expect(try ImageSource.bytes(Data([1, 2, 3]), name: "n").contents(upTo: 3) == [1, 2, 3])
  }
}
