import FoundationEssentials

/// Builds the HTTP requests of TMAPI.
struct TMAPIRequestBuilder: Sendable {
  let base: WebAddress
  let credentials: TMAPICredentials

  /// - Parameter image: an Ali-hosted URL or a converted path.
  func search(_ search: TMAPISearchRequest, image: String) -> TransportRequest {
    request(.get, search.endpoint.rawValue, [("img_url", image)] + search.parameters)
  }

  /// The conversion of a URL for the search that will be called; the endpoint is sent without the prefix `/1688`.
  func conversion(of url: String, for endpoint: TMAPISearchRequest.Endpoint) throws -> TransportRequest {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let body = try encoder.encode(["url": url, "search_api_endpoint": "/" + endpoint.rawValue])
    var request = request(.post, "tools/image/convert_url", [])
    request.headers.append(("Content-Type", "application/json"))
    request.body = BytesBody(Array(body))
    return request
  }

  private func request(
    _ method: TransportRequest.Method, _ path: String, _ parameters: [(name: String, value: String)]
  ) -> TransportRequest {
    var query = parameters
    if credentials.placement == .query { query.insert(("apiToken", credentials.token.text), at: 0) }
    let tail = query.isEmpty ? "" : "?" + PercentEncoding.query(query)
    var request = TransportRequest(method: method, url: "\(base.text)/1688/\(path)\(tail)")
    if credentials.placement == .header { request.headers.append(("apikey", credentials.token.text)) }
    return request
  }
}
