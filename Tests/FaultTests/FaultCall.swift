import ImageSearch
import TestSupport

/// One call of one service, made against a double in which one kind of request has the fault.
struct FaultCall: Sendable {
  /// The column's name in the table.
  var name: String
  /// The double.
  var double: String
  /// Its settings, in JSON.
  var settings: String
  /// The kind of request with the fault.
  var kind: String
  /// Whether that request costs money.
  var isPaid: Bool
  /// Whether it fetches an image, as from any web server: redirects are followed and nothing is decoded.
  var isImage = false
  /// Whether the body of a successful response is not read.
  var readsStatusOnly = false
  /// Keys and tokens, which must never be visible.
  var secrets: [String]
  /// Opens a client, makes the call, and closes the client.
  var run: @Sendable (ProviderDouble, ClientConfiguration) async throws -> Void
}

extension FaultCall {
  /// Every call of every service.
  static let all: [FaultCall] = tinEye + tmapi + alibabaCloud

  static let tinEyeKey = "t1nEye+kEy/9fQ2xZ7=Vb3mN8wR5"
  static let tinEyePublicKey = "publicKeyOfTinEye4711"
  static let tmapiToken = "tmApi.t0ken/8Hs5+Lq1=Zc6yD3"
  /// An image that TinEye's double knows.
  private static let melon = "https://tineye.com/images/meloncat.jpg"
  /// An image that TMAPI's double knows, on one of its own hosts.
  private static let offer = "https://cbu01.alicdn.com/one.jpg"
  /// One that has to be converted.
  private static let foreign = "https://images.example/shirt.jpg"

  private static let tinEye: [FaultCall] = [
    tinEye("TinEye url", "search_url", isPaid: true) { client, _ in
      _ = try await client.search(SearchRequest(image: .url(melon), limit: 3))
    },
    tinEye("TinEye upload", "search_upload", isPaid: true) { client, image in
      _ = try await client.search(SearchRequest(image: .bytes(image), limit: 3))
    },
    tinEye("signed url", "search_url", isPaid: true, isSigned: true) { client, _ in
      _ = try await client.search(SearchRequest(image: .url(melon), limit: 3))
    },
    tinEye("signed upload", "search_upload", isPaid: true, isSigned: true) { client, image in
      _ = try await client.search(SearchRequest(image: .bytes(image), limit: 3))
    },
    tinEye("remaining", "remaining_searches") { client, _ in _ = try await client.remainingSearches() },
    tinEye("count", "image_count") { client, _ in _ = try await client.imageCount() },
    overlay,
  ]

  private static var overlay: FaultCall {
    var call = tinEye("overlay", "overlay") { client, _ in
      let page = try await client.search(SearchRequest(image: .url(melon), limit: 1))
      guard let match = page.matches.first else { throw ImageSearchError(.internalFailure, "no match to draw") }
      _ = try await client.overlay(of: match)
    }
    call.isImage = true
    return call
  }

  private static func tinEye(
    _ name: String, _ kind: String, isPaid: Bool = false, isSigned: Bool = false,
    _ run: @escaping @Sendable (TinEye, [UInt8]) async throws -> Void
  ) -> FaultCall {
    let settings =
      "{\"keys\": {\"\(tinEyeKey)\": \"\(tinEyePublicKey)\"}, \"auth\": \"\(isSigned ? "signature" : "header")\"}"
    return FaultCall(
      name: name, double: "tineye", settings: settings, kind: kind, isPaid: isPaid, secrets: [tinEyeKey]
    ) { double, configuration in
      let credentials: TinEyeCredentials =
        isSigned ? .signature(publicKey: tinEyePublicKey, privateKey: tinEyeKey) : .apiKey(tinEyeKey)
      let client = try TinEye(credentials, baseURL: double.url + "/rest/", configuration: configuration)
      defer { client.close() }
      try await run(client, kind == "search_upload" ? Array(double.image("melon.png")) : [])
    }
  }

  private static let tmapi: [FaultCall] = [
    tmapi("TMAPI", "search", offer, .search, .header), tmapi("TMAPI v2", "global_v2", offer, .globalV2, .query),
    tmapi("convert", "convert_url", foreign, .search, .header),
  ]

  private static func tmapi(
    _ name: String, _ kind: String, _ image: String, _ endpoint: TMAPISearchRequest.Endpoint,
    _ placement: TMAPICredentials.Placement
  ) -> FaultCall {
    FaultCall(
      name: name, double: "tmapi", settings: "{\"keys\": [\"\(tmapiToken)\"]}", kind: kind, isPaid: true,
      secrets: [tmapiToken]
    ) { double, configuration in
      let client = try TMAPI(
        .token(tmapiToken, placement: placement), baseURL: double.url, endpoint: endpoint, configuration: configuration)
      defer { client.close() }
      _ = try await client.search(SearchRequest(image: .url(image)))
    }
  }
}
