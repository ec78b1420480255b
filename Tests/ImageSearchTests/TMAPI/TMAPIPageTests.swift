import Testing

@testable import ImageSearch

/// Offset and limit over paid pages, and the end of the pages.
@Suite struct TMAPIPageTests {
  @Test func theWindowIsCoveredByTheFewestPages() throws {
    for offset in 0...70 {
      for limit in 1...65 {
        let window = try TMAPIPageWindow(offset: offset, limit: limit, pageSize: nil)
        #expect((1...20).contains(window.pageSize))
        #expect((window.pages.lowerBound - 1) * window.pageSize <= offset)
        #expect(window.pages.upperBound * window.pageSize >= offset + limit)
        // Fewer pages cannot cover it.
        let fewest = (1...20).map { (offset + limit - 1) / $0 - offset / $0 + 1 }.min()
        #expect(window.pages.count == fewest)
      }
    }
  }

  @Test func consecutiveWindowsOfOnePageHaveItsSize() throws {
    for limit in 1...20 {
      for number in 0..<9 {
        let window = try TMAPIPageWindow(offset: number * limit, limit: limit, pageSize: nil)
        #expect(window.pageSize == limit)
        #expect(window.pages == (number + 1)...(number + 1))
      }
    }
    let window = try TMAPIPageWindow(offset: 10, limit: nil, pageSize: 4)
    #expect(window.pageSize == 4 && window.pages == 3...4 && window.end == 14)
  }

  @Test func refusesWhatWouldCostMoreThanTwentyPages() throws {
    #expect(try TMAPIPageWindow(offset: 0, limit: 400, pageSize: nil).pages.count == 20)
    for (offset, limit, size) in [(0, 401, nil), (1, 400, nil), (0, 21, 1), (-1, 1, nil), (0, 0, nil), (0, -5, 3)]
      as [(Int, Int, Int?)]
    {
      let error = #expect(throws: ImageSearchError.self) {
        try TMAPIPageWindow(offset: offset, limit: limit, pageSize: size)
      }
      #expect(error?.code == .invalidArgument)
    }
    #expect(throws: ImageSearchError.self) { try TMAPIPageWindow(offset: .max, limit: .max, pageSize: nil) }
  }

  @Test func whereThePagesEnd() {
    func hasMore(_ count: Int, page: Int = 1, total: Int? = nil, next: Bool? = nil, echo: Int? = nil, asked: Int = 20)
      -> Bool
    {
      var request = TMAPISearchRequest(image: .url("/search/a"))
      request.page = page
      request.pageSize = asked
      return TMAPISearchResponse(
        offers: Array(repeating: TMAPIOffer.empty, count: count), page: nil, pageSize: echo, totalCount: total,
        keyword: nil,
        sort: nil, categoryID: nil, filters: [:], hasNextPage: next
      ).hasMore(after: request)
    }
    #expect(hasMore(20, next: true))
    #expect(hasMore(20))
    #expect(!hasMore(20, total: 680, next: false))
    #expect(!hasMore(0, total: 680, next: true))
    #expect(!hasMore(19, total: 680, next: true))
    #expect(hasMore(20, total: 41))
    #expect(!hasMore(20, page: 2, total: 40, next: true))
    #expect(hasMore(20, page: 2, total: 41))
    #expect(!hasMore(20, page: 3, total: 41))
    // A page with fewer items than requested is not necessarily the last one.
    #expect(hasMore(20, total: 680, echo: 20, asked: 50))
    #expect(!hasMore(20, page: .max, total: 5, asked: 1))
    #expect(hasMore(20, page: .max, total: 5, asked: 20))
  }

  @Test func anOffsetInsideOfAPage() async throws {
    let transport = ScriptedTransport([
      .json(TMAPIFixture.page(1, items: 0...19, total: 45)), .json(TMAPIFixture.page(2, items: 20...39, total: 45)),
    ])
    let client = try TMAPIFixture.client(transport)
    let page = try await client.search(SearchRequest(image: .url("/search/a"), limit: 20, offset: 15))
    #expect(page.matches.compactMap(\.itemID) == (15..<35).map(String.init))
    #expect(page.total == 45)
    #expect(page.offset == 15 && page.nextOffset == 35 && page.hasMore)
    #expect(transport.sent.count == 2)
    #expect(String(decoding: page.raw.prefix(1), as: UTF8.self) == "[")
  }

  @Test func aSequenceOverAllPagesConvertsOnceAndStopsAtTheTotal() async throws {
    let pages = [
      TMAPIFixture.page(1, items: 0...19, total: 45), TMAPIFixture.page(2, items: 20...39, total: 45),
      TMAPIFixture.page(3, items: 40...44, total: 45),
    ]
    let converted = ScriptedTransport.Step.json(#"{"code":200,"data":{"image_url":"/search/imgextra/1.jpg"}}"#)
    let transport = ScriptedTransport([converted] + pages.map { .json($0) })
    let client = try TMAPIFixture.client(transport)
    var found: [String] = []
    for try await match in client.matches(SearchRequest(image: .url("https://example.org/a.jpg"))) {
      found.append(match.itemID ?? "")
    }
    #expect(found == (0..<45).map(String.init))
    #expect(transport.sent.count == 4)
    #expect(transport.sent.dropFirst().allSatisfy { $0.request.url.contains("img_url=%2Fsearch%2Fimgextra%2F1.jpg&") })
    #expect(client.caller.paidCallCount == 4)
  }

  @Test func pagesThatWerePaidForAreNotLostOverALaterFailure() async throws {
    let transport = ScriptedTransport([
      .json(TMAPIFixture.page(1, items: 0...19, total: 100)), .json(#"{"code":439,"msg":"no money"}"#),
    ])
    let client = try TMAPIFixture.client(transport)
    let page = try await client.search(SearchRequest(image: .url("/search/a"), limit: 60))
    #expect(page.matches.count == 20)
    #expect(page.hasMore && page.nextOffset == 20)
    #expect(page.warnings.count == 1)
    #expect(page.warnings.first?.contains("noSearchesLeft") == true)
    #expect(transport.sent.count == 2)
    // Continuing from there returns the error itself.
    let rest = SearchRequest(image: .url("/search/a"), limit: 20, offset: page.nextOffset)
    #expect(await thrown { try await client.search(rest) }?.code == .noSearchesLeft)
  }

  @Test func theSamePageAgainIsTheLast() async throws {
    let transport = ScriptedTransport([.json(TMAPIFixture.page(1, items: 0...19, total: 1000))])
    let client = try TMAPIFixture.client(transport)
    let page = try await client.search(SearchRequest(image: .url("/search/a"), limit: 100))
    #expect(page.matches.count == 20)
    #expect(!page.hasMore)
    #expect(page.warnings == ["page 2 is the same as the one before; nothing more was asked for"])
    #expect(transport.sent.count == 2)
    var count = 0
    for try await _ in client.matches(SearchRequest(image: .url("/search/a"))) { count += 1 }
    #expect(count == 20)
    #expect(transport.sent.count == 4)
  }

  @Test func theSeedsShortPageEndsTheSequence() async throws {
    let transport = ScriptedTransport([.json(TMAPIFixture.search)])
    let client = try TMAPIFixture.client(transport)
    let page = try await client.search(SearchRequest(image: .url(TMAPIFixture.image)))
    #expect(page.service == "TMAPI")
    #expect(page.matches.count == 2)
    #expect(page.total == 680)
    #expect(!page.hasMore)
    #expect(page.raw == Array(TMAPIFixture.search.utf8))
  }

  @Test func theDeadlineIsThatOfAllPagesTogether() async throws {
    let time = InstantTime()
    let transport = ScriptedTransport([
      .json(#"{"code":503,"msg":"slower"}"#, status: 503, headers: [("retry-after", "8")]),
      .json(TMAPIFixture.page(1, items: 0...19, total: 100)), .json(TMAPIFixture.page(2, items: 20...39, total: 100)),
    ])
    let client = try TMAPIFixture.client(transport, time: time)
    _ = try await client.search(
      SearchRequest(image: .url("/search/a"), limit: 40), options: CallOptions(totalTimeout: .seconds(30)))
    let totals = transport.sent.map(\.timeouts.total)
    #expect(totals[0] == .seconds(30))
    #expect(totals[2] <= .seconds(22))
  }
}

extension TMAPIOffer {
  /// An offer without any data.
  fileprivate static var empty: TMAPIOffer {
    TMAPIOffer(prices: Prices(), sales: Sales(), delivery: Delivery(), shop: Shop())
  }
}
