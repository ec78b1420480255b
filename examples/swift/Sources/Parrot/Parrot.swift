import FoundationEssentials
import ImageSearch

/// A custom service that uses the public interface only: Parrot, a fictitious provider. It searches by upload, charges for each
/// search, and responds with JSON: `{"hits": [...], "total": 45}`, or `{"error": "slow_down", "message": "..."}`.
final class Parrot: SearchService {
  let name = "Parrot"
  let capabilities: Capabilities = [.searchByURL, .searchByUpload, .quota, .remainingSearches]

  private let pipeline: ServicePipeline
  private let key: String
  private let baseURL: String

  init(
    key: String, baseURL: String = "https://api.parrot.example", configuration: ClientConfiguration = .init()
  ) throws {
    self.key = key
    self.baseURL = baseURL
    // Parrot accepts ten requests per second, two at a time. The key is redacted from every error and log line.
    pipeline = try ServicePipeline(
      name, configuration: configuration, limits: RequestLimits(concurrent: 2, perSecond: 10), secrets: [key])
  }

  func close() { pipeline.close() }

  func search(_ request: SearchRequest, options: CallOptions) async throws -> SearchPage {
    try await pipeline.call("search", options) { call in
      guard request.region == nil, request.category == nil, request.minimumConfidence == nil, request.parameters.isEmpty
      else { throw ImageSearchError(.unsupported, "Parrot takes an image, a limit and an offset, and nothing else") }
      var image = request.image
      if let url = image.url { image = .bytes(try await call.fetch(url)) }
      try pipeline.check(image, .init(formats: [.jpeg, .png], maximumBytes: 4 << 20, sides: 32...8192))
      let limit = request.limit ?? 20
      let form = try pipeline.multipart(
        fields: [("limit", "\(limit)"), ("offset", "\(request.offset)")], file: image, named: "image")
      // A paid request is repeated only when Parrot's own response shows that it did no work.
      return try await call.send(isPaid: true) { [key, baseURL] in
        var upload = TransportRequest(method: .post, url: baseURL + "/v1/search")
        upload.headers = [("Content-Type", form.contentType), ("x-parrot-key", key)]
        upload.body = form.body
        return upload
      } response: { [name] response in
        let found = try Self.read(Found.self, from: response)
        let matches = found.hits.map(\.match).filter { ($0.score ?? 0) >= request.minimumScore ?? 0 }
        let end = request.offset + found.hits.count
        return SearchPage(
          service: name, matches: matches, total: found.total, offset: request.offset, nextOffset: end,
          hasMore: !found.hits.isEmpty && end < found.total, raw: response.body)
      }
    }
  }

  func quota(options: CallOptions) async throws -> Quota {
    try await pipeline.call("quota", options) { call in
      try await call.send(isPaid: false) { [key, baseURL] in
        var question = TransportRequest(method: .get, url: baseURL + "/v1/credit")
        question.headers = [("x-parrot-key", key)]
        return question
      } response: { response in
        Quota(unit: .searches, remaining: try Self.read(Credit.self, from: response).searches)
      }
    }
  }

  // MARK: - On the wire

  private struct Found: Decodable {
    struct Hit: Decodable {
      var id: String
      var url: String
      /// 0–1.
      var likeness: Double

      var match: Match {
        var match = Match()
        match.itemID = id
        match.imageURL = url
        match.score = min(max(likeness, 0), 1) * 100
        return match
      }
    }

    var hits: [Hit]
    var total: Int
  }

  private struct Credit: Decodable {
    var searches: Int
  }

  private struct Failure: Decodable {
    var error: String
    var message: String
  }

  private static func read<Value: Decodable>(_ type: Value.Type, from response: TransportResponse) throws -> Value {
    let data = Data(response.body)
    if response.status == 200, let value = try? JSONDecoder().decode(type, from: data) { return value }
    // A response that is not Parrot's own JSON comes from a gateway; the search may have been made and charged.
    guard let failure = try? JSONDecoder().decode(Failure.self, from: data) else {
      throw ServicePipeline.Refusal(of: response)
    }
    switch failure.error {
    case "slow_down":
      throw ServicePipeline.Refusal(.tooManyRequests, failure.message, .notCharged, slowsDown: true)
    case "no_credit": throw ServicePipeline.Refusal(.noSearchesLeft, failure.message, .final)
    case "bad_key": throw ServicePipeline.Refusal(.unauthorized, failure.message, .final)
    default: throw ServicePipeline.Refusal(.providerError, failure.message, .mayHaveBeenCharged)
    }
  }
}
