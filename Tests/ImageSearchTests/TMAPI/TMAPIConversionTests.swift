import Testing

@testable import ImageSearch

/// An image that Alibaba does not host is converted only once, because a conversion costs money.
@Suite struct TMAPIConversionTests {
  private static let converted = ScriptedTransport.Step.json(
    #"{"code":200,"msg":"success","data":{"image_url":"/search/imgextra/1692942898123_q7ftzxs9.jpg"}}"#)
  private let foreign = "https://example.org/a.jpg"

  @Test(arguments: TMAPISearchRequest.Endpoint.allCases)
  func theRequest(_ endpoint: TMAPISearchRequest.Endpoint) async throws {
    let transport = ScriptedTransport([Self.converted])
    let path = try await TMAPIFixture.client(transport, .token("t0ken", placement: .query))
      .convert("https://example.org/a.jpg?x=1&y=ü", for: endpoint)
    #expect(path == "/search/imgextra/1692942898123_q7ftzxs9.jpg")
    let sent = try #require(transport.sent.first)
    #expect(sent.request.method == .post)
    #expect(sent.request.url == "https://api.tmapi.top/1688/tools/image/convert_url?apiToken=t0ken")
    #expect(sent.header("Content-Type") == "application/json")
    #expect(
      sent.bodyText
        == "{\"search_api_endpoint\":\"/\(endpoint.rawValue)\",\"url\":\"https://example.org/a.jpg?x=1&y=%C3%BC\"}")
    #expect(sent.request.sendOnce)
  }

  @Test func oncePerImageAndEndpoint() async throws {
    let transport = ScriptedTransport([Self.converted])
    let client = try TMAPIFixture.client(transport)
    for endpoint in TMAPISearchRequest.Endpoint.allCases {
      for _ in 0..<3 { _ = try await client.convert(foreign, for: endpoint) }
    }
    #expect(transport.sent.count == 3)
    _ = try await client.convert("https://example.org/b.jpg", for: .search)
    #expect(transport.sent.count == 4)
    #expect(try await client.convert(TMAPIFixture.image, for: .search) == TMAPIFixture.image)
    #expect(try await client.convert("/search/x.jpg", for: .search) == "/search/x.jpg")
    #expect(transport.sent.count == 4)
  }

  @Test func anHourLater() async throws {
    let time = InstantTime()
    let transport = ScriptedTransport([Self.converted])
    let client = try TMAPIFixture.client(transport, time: time)
    _ = try await client.convert(foreign, for: .search)
    time.advance(TMAPIConversions.lifetime - 1)
    _ = try await client.convert(foreign, for: .search)
    #expect(transport.sent.count == 1)
    time.advance(2)
    _ = try await client.convert(foreign, for: .search)
    #expect(transport.sent.count == 2)
  }

  @Test(arguments: [417, 422]) func forgottenWhenASearchWithItFails(_ code: Int) async throws {
    let transport = ScriptedTransport([
      Self.converted, .json(#"{"code":\#(code),"msg":"no"}"#), Self.converted, .json(TMAPIFixture.search),
      .json(#"{"code":439,"msg":"no"}"#), .json(TMAPIFixture.search),
    ])
    let client = try TMAPIFixture.client(transport)
    let request = TMAPISearchRequest(image: .url(foreign))
    #expect(await thrown { try await client.search(request) }?.providerCode == String(code))
    _ = try await client.search(request)
    // An error that is unrelated to the path keeps it.
    #expect(await thrown { try await client.search(request) }?.providerCode == "439")
    _ = try await client.search(request)
    #expect(transport.sent.count == 6)
    #expect(transport.sent.filter { $0.request.method == .post }.count == 2)
  }

  /// The error of a search that was refused without a charge still reports the charge of its conversion.
  @Test(arguments: [439, 422, 503])
  func aConversionThatWasPaidForIsSaid(code: Int) async throws {
    let transport = ScriptedTransport([
      .json(#"{"code":200,"data":{"image_url":"/search/1.jpg"}}"#), .json("{\"code\":\(code),\"msg\":\"no\"}"),
    ])
    let client = try TMAPIFixture.client(transport) { $0.retry.maximumAttempts = 1 }
    let first = await thrown { try await client.search(SearchRequest(image: .url(foreign))) }
    #expect(first?.providerCode == String(code))
    #expect(first?.mayHaveBeenCharged == true)
    #expect(first?.message == "no; the conversion of the image before it was paid for")
    guard code != 422 else { return }
    // The path is kept, and an uncharged refusal reports no charge.
    let second = await thrown { try await client.search(SearchRequest(image: .url(foreign))) }
    #expect(second?.mayHaveBeenCharged == false)
    #expect(second?.message == "no")
    #expect(transport.sent.count == 3)
  }

  @Test func otherShapesOfTheAnswer() async throws {
    for data in [#"{"img_url":"/search/1.jpg"}"#, #"{"image_url":null,"url":"/search/1.jpg"}"#, #""/search/1.jpg""#] {
      let client = try TMAPIFixture.client(ScriptedTransport([.json("{\"code\":200,\"data\":\(data)}")]))
      #expect(try await client.convert(foreign, for: .search) == "/search/1.jpg")
    }
    for data in ["{}", "null", #"{"image_url":""}"#, #"{"image_url":"/search/\n"}"#, "7"] {
      let client = try TMAPIFixture.client(ScriptedTransport([.json("{\"code\":200,\"data\":\(data)}")]))
      let error = await thrown { try await client.convert(foreign, for: .search) }
      #expect(error?.code == .malformedResponse)
      #expect(error?.mayHaveBeenCharged == true)
    }
  }

  @Test func thoseWhoAskAtTheSameTimeShareOne() async throws {
    let conversions = TMAPIConversions(time: SystemTime())
    let key = TMAPIConversions.Key(url: foreign, endpoint: .search)
    let calls = Shared(0)
    let new: [Bool] = try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 0..<50 {
        group.addTask {
          let (path, isNew) = try await conversions.path(for: key, deadline: .after(.seconds(600))) {
            calls.change { $0 += 1 }
            try await Task.sleep(nanoseconds: 30_000_000)
            return "/search/1.jpg"
          }
          #expect(path == "/search/1.jpg")
          return isNew
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    // One call has paid for it, and only that one reports it.
    #expect(new.filter { $0 }.count == 1)
    #expect(calls.value == 1)
  }

  @Test func theFailureOfOneIsNotTheFailureOfAll() async throws {
    let conversions = TMAPIConversions(time: SystemTime())
    let key = TMAPIConversions.Key(url: foreign, endpoint: .search)
    let calls = Shared(0)
    let results = await withTaskGroup(of: String?.self) { group in
      for _ in 0..<10 {
        group.addTask {
          try? await conversions.path(for: key, deadline: .after(.seconds(600))) {
            let number = calls.change { calls in
              calls += 1
              return calls
            }
            try await Task.sleep(nanoseconds: 10_000_000)
            guard number > 1 else { throw ImageSearchError(.cancelled, "the first one gives up") }
            return "/search/\(number).jpg"
          }.path
        }
      }
      return await group.reduce(into: [String?]()) { $0.append($1) }
    }
    #expect(results.filter { $0 == nil }.count == 1)
    #expect(results.compactMap { $0 }.allSatisfy { $0 == "/search/2.jpg" })
    #expect(calls.value == 2)
  }

  @Test func whoWaitsForAnotherCanBeCancelledAndHasADeadline() async throws {
    let conversions = TMAPIConversions(time: SystemTime())
    let key = TMAPIConversions.Key(url: foreign, endpoint: .search)
    let owner = Task {
      try await conversions.path(for: key, deadline: .after(.seconds(600))) {
        try await Task.sleep(nanoseconds: 600_000_000_000)
        return "/search/1.jpg"
      }
    }
    try await Task.sleep(nanoseconds: 20_000_000)
    let late = await thrown {
      try await conversions.path(for: key, deadline: .after(.seconds(0.05))) { "" }
    }
    #expect(late?.code == .deadlineExceeded)
    let latency = try await Latency.best(under: 0.1) {
      let waiting = Task { try await conversions.path(for: key, deadline: .after(.seconds(600))) { "" } }
      try await Task.sleep(nanoseconds: 20_000_000)
      let begun = SystemTime().now
      waiting.cancel()
      #expect(await thrown { try await waiting.value }?.code == .cancelled)
      return SystemTime().now - begun
    }
    #expect(latency < 0.1)
    owner.cancel()
    _ = await owner.result
  }

  @Test func thereIsAnEndToWhatIsKept() async throws {
    let time = InstantTime()
    let conversions = TMAPIConversions(time: time)
    func isKnown(_ number: Int) async throws -> Bool {
      var wasAsked = false
      _ = try await conversions.path(for: .init(url: "\(number)", endpoint: .search), deadline: .never) {
        wasAsked = true
        return "/search/\(number)"
      }
      return !wasAsked
    }
    for number in 0...TMAPIConversions.capacity {
      time.advance(0.001)
      #expect(try await !isKnown(number))
    }
    #expect(try await isKnown(TMAPIConversions.capacity))
    #expect(try await isKnown(1))
    #expect(try await !isKnown(0))
  }
}
