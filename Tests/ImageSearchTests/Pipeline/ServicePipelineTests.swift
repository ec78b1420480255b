import FoundationEssentials
import Testing

@testable import ImageSearch

/// A custom service with the public interface.
@Suite struct ServicePipelineTests {
  private final class Example: SearchService {
    let name = "Example"
    let capabilities: Capabilities = [.searchByURL, .searchByUpload]
    private let pipeline: ServicePipeline
    private let key = "key-of-the-example"

    init(_ configuration: ClientConfiguration) throws {
      pipeline = try ServicePipeline("Example", configuration: configuration, secrets: [key])
    }

    private struct Wire: Decodable {
      var status: String
      var hits: [String]?
      var message: String?
    }

    func search(_ request: SearchRequest, options: CallOptions) async throws -> SearchPage {
      try await pipeline.call("search", options) { call in
        var image = request.image
        if let url = image.url { image = .bytes(try await call.fetch(url)) }
        try pipeline.check(image, .init(formats: [.png], maximumBytes: 1 << 20))
        let (body, contentType) = try pipeline.multipart(fields: [("limit", "10")], file: image, named: "image")
        let hits = try await call.send(
          isPaid: true,
          request: { [key] in
            var request = TransportRequest(method: .post, url: "https://api.example/search")
            request.headers = [("Content-Type", contentType), ("x-example-key", key)]
            request.body = body
            return request
          },
          response: { response -> [String] in
            guard let wire = try? JSONDecoder().decode(Wire.self, from: Data(response.body)) else {
              throw ServicePipeline.Refusal(of: response)
            }
            if wire.status == "busy" {
              throw ServicePipeline.Refusal(.serviceBusy, wire.message ?? "", .notCharged, slowsDown: true)
            }
            guard let hits = wire.hits else { throw ImageSearchError(.invalidRequest, wire.message ?? "refused") }
            return hits
          })
        return SearchPage(service: name, matches: [], total: hits.count, offset: 0, hasMore: false)
      }
    }

    func close() { pipeline.close() }
  }

  private func example(_ steps: [ScriptedTransport.Step]) throws -> (Example, ScriptedTransport, Shared<[String]>) {
    let transport = ScriptedTransport(steps)
    let lines = Shared<[String]>([])
    var configuration = ClientConfiguration()
    configuration.customTransport = transport
    configuration.retry.baseDelay = .zero
    configuration.retry.maximumDelay = .zero
    configuration.logHandler = { event in lines.change { $0.append(event.line) } }
    return (try Example(configuration), transport, lines)
  }

  private let image = SearchRequest(image: .bytes(SampleImage.png))

  @Test func aSearch() async throws {
    let (service, transport, lines) = try example([.json(#"{"status": "ok", "hits": ["a", "b"]}"#)])
    #expect(try await service.search(image).total == 2)
    #expect(transport.sent[0].bodyText.contains("name=\"limit\""))
    #expect(lines.value.count == 1)
    #expect(lines.value[0].hasPrefix("Example search: succeeded"))
  }

  @Test func whatTheProviderRefusesIsRepeatedAndAGatewayIsNot() async throws {
    let busy = ScriptedTransport.Step.json(#"{"status": "busy", "message": "bad key-of-the-example"}"#, status: 503)
    let (service, transport, lines) = try example([busy, .json("<html>", status: 503)])
    let error = await thrown { try await service.search(image) }
    #expect(error?.code == .serviceBusy)
    #expect(error?.service == "Example")
    #expect(error?.mayHaveBeenCharged == true)
    #expect(transport.sent.count == 2)
    #expect(lines.value.count == 2 && lines.value.allSatisfy { !$0.contains("key-of-the-example") })
  }

  @Test func whatIsNotTakenIsNotSent() async throws {
    let (service, transport, lines) = try example([.json("{}")])
    let gif = SearchRequest(image: .bytes(Array("GIF89a\u{1}\0\u{1}\0\0\0\0".utf8)))
    #expect(await thrown { try await service.search(gif) } != nil)
    #expect(transport.sent.isEmpty)
    #expect(lines.value.count == 1)
    service.close()
    #expect(await thrown { try await service.search(image) }?.code == .closed)
  }

  @Test func anImageBehindAURLIsFetched() async throws {
    let (service, transport, _) = try example([
      .answer(TransportResponse(status: 200, body: SampleImage.png)), .json(#"{"status": "ok", "hits": []}"#),
    ])
    #expect(try await service.search(SearchRequest(image: .url("https://a.example/b.png"))).total == 0)
    #expect(transport.sent.map(\.request.url) == ["https://a.example/b.png", "https://api.example/search"])
    #expect(transport.sent[0].header("x-example-key") == nil)
    // A wait that the provider asked for ends with the call.
    let pipeline = try ServicePipeline("Example")
    await #expect(throws: ImageSearchError.self) {
      try await pipeline.call("wait", CallOptions(totalTimeout: .seconds(5))) { call in
        #expect(call.remaining <= .seconds(5))
        try await call.sleep(.seconds(60))
      }
    }
  }
}
