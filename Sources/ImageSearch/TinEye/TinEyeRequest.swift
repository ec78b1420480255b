/// A search with every parameter that TinEye documents (docs/sources/tineye.md, section 2).
public struct TinEyeSearchRequest: Sendable {
  /// What the matches are sorted by.
  public enum Sort: String, Sendable, CaseIterable {
    /// How little was changed.
    case score
    /// The area in pixels.
    case size
    /// The day the page was crawled.
    case crawlDate = "crawl_date"
  }

  /// Which end comes first.
  public enum Order: String, Sendable, CaseIterable {
    /// The least first.
    case ascending = "asc"
    /// The greatest first.
    case descending = "desc"
  }

  /// A kind of site.
  public enum Tag: String, Sendable, CaseIterable {
    /// A stock photography site.
    case stock
    /// A collection, such as a museum's or Wikipedia.
    case collection
  }

  /// The image.
  public var image: ImageSource
  /// Matches to return at most, from 1; `nil` takes the server's default.
  public var limit: Int?
  /// Matches to skip, from 0.
  public var offset = 0
  /// `nil` takes the server's default, ``Sort/score``.
  public var sort: Sort?
  /// `nil` takes the server's default, ``Order/descending``.
  public var order: Order?
  /// Backlinks per match at most; `nil` takes the server's default of 100.
  public var backlinkLimit: Int?
  /// Only matches with one of these tags.
  public var tags: [Tag] = []
  /// Only matches on exactly this host.
  public var domain: String?
  /// Ask for JSON that is indented.
  public var pretty = false

  /// A search with the server's defaults.
  public init(image: ImageSource) { self.image = image }

  /// A search in the common terms; its parameters are `sort`, `order`, `backlink_limit`, `tags`, `domain` and `pretty`.
  ///
  /// - Throws: ``ImageSearchError/Code/invalidArgument`` for an unknown parameter or value,
  ///   ``ImageSearchError/Code/unsupported`` for a region, a category or a minimum confidence.
  public init(_ request: SearchRequest) throws {
    self.init(image: request.image)
    guard request.region == nil, request.category == nil, request.minimumConfidence == nil else {
      throw ImageSearchError(.unsupported, "TinEye has no region, no category and no confidence to search by")
    }
    limit = request.limit
    offset = request.offset
    for (name, value) in request.parameters {
      switch name {
      case "sort": sort = try Self.parse(name, value)
      case "order": order = try Self.parse(name, value)
      case "backlink_limit":
        guard let number = Int(value) else { throw Self.refuse(name, value, "a whole number") }
        backlinkLimit = number
      case "tags": tags = try value.split(separator: ",").map { try Self.parse(name, String($0)) }
      case "domain": domain = value
      case "pretty":
        guard value == "true" || value == "false" else { throw Self.refuse(name, value, "true or false") }
        pretty = value == "true"
      default:
        throw ImageSearchError(
          .invalidArgument,
          "TinEye has no parameter \"\(name)\"; it has sort, order, backlink_limit, tags, domain and pretty")
      }
    }
  }

  private static func parse<Value: RawRepresentable & CaseIterable>(
    _ name: String, _ text: String
  ) throws -> Value where Value.RawValue == String {
    guard let value = Value(rawValue: text) else {
      throw refuse(name, text, Value.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return value
  }

  private static func refuse(_ name: String, _ value: String, _ allowed: String) -> ImageSearchError {
    ImageSearchError(.invalidArgument, "\(name) is \"\(value)\"; it must be \(allowed)")
  }

  func validate() throws {
    if let limit { try Validation.range("limit", limit, 1...Int(Int32.max)) }
    try Validation.range("offset", offset, 0...Int(Int32.max))
    if let backlinkLimit { try Validation.range("backlink_limit", backlinkLimit, -1...Int(Int32.max)) }
    guard let domain else { return }
    // Signed and sent as it is, so only what a host name consists of.
    let isHost = domain.utf8.allSatisfy {
      (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 45 || $0 == 46
    }
    guard isHost, (1...253).contains(domain.utf8.count) else {
      throw ImageSearchError(
        .invalidArgument,
        "domain must be a host name of 1 to 253 letters, digits, dots and hyphens (punycode for others)")
    }
  }

  /// Everything but an uploaded image, in the order of the documents.
  var parameters: [(name: String, value: String)] {
    var list: [(name: String, value: String)] = []
    list.reserveCapacity(9)
    if let url = image.url { list.append(("image_url", url)) }
    if offset != 0 { list.append(("offset", String(offset))) }
    if let limit { list.append(("limit", String(limit))) }
    if let sort { list.append(("sort", sort.rawValue)) }
    if let order { list.append(("order", order.rawValue)) }
    if let backlinkLimit { list.append(("backlink_limit", String(backlinkLimit))) }
    if !tags.isEmpty { list.append(("tags", tags.map(\.rawValue).joined(separator: ","))) }
    if let domain { list.append(("domain", domain)) }
    if pretty { list.append(("pretty", "true")) }
    return list
  }
}

/// Builds the HTTP requests of TinEye.
struct TinEyeRequestBuilder: Sendable {
  let base: WebAddress
  let credentials: TinEyeCredentials
  let time: any TimeSource
  let random: any RandomSource

  /// A GET of `method`, for instance `search`.
  func get(_ method: String, _ parameters: [(name: String, value: String)]) throws -> TransportRequest {
    var query = parameters
    query += try signature("GET", method, parameters, upload: nil)
    var request = TransportRequest(method: .get, url: url(method, query))
    addKey(&request)
    return request
  }

  /// A POST of the image. With the key in the header the parameters travel in the form, as in TinEye's Python and PHP
  /// libraries; signed, in the query, as in their Python and Node libraries of that time.
  func upload(
    _ parameters: [(name: String, value: String)], fileName: String, mimeType: String, body: any TransportBody
  ) throws -> TransportRequest {
    var form = MultipartForm(boundary: "imagesearch-\(try random.hex(byteCount: 16))")
    var query: [(name: String, value: String)] = []
    switch credentials.method {
    case .header:
      for (name, value) in parameters { form.addField(name, value) }
    case .signature:
      query = parameters + (try signature("POST", "search", parameters, upload: (form.contentType, fileName)))
    }
    form.addFile("image_upload", fileName: fileName, contentType: mimeType, body: body)
    var request = TransportRequest(method: .post, url: url("search", query))
    request.headers.append(("Content-Type", form.contentType))
    request.body = form.body()
    addKey(&request)
    return request
  }

  private func addKey(_ request: inout TransportRequest) {
    if case .header(let key) = credentials.method { request.headers.append(("x-api-key", key.text)) }
  }

  private func signature(
    _ httpMethod: String, _ method: String, _ parameters: [(name: String, value: String)],
    upload: (contentType: String, fileName: String)?
  ) throws -> [(name: String, value: String)] {
    guard case .signature(let publicKey, let privateKey) = credentials.method else { return [] }
    // 32 digits: the server asks for 8, TinEye's own libraries use 24 and more.
    let nonce = try random.hex(byteCount: 16)
    let date = Int64(min(max(time.unixTime, 0), 1e15))
    let signature = TinEyeSignature(
      privateKey: privateKey, method: httpMethod, url: url(method, []), date: date, nonce: nonce,
      parameters: parameters,
      upload: upload)
    return [
      ("api_key", publicKey), ("api_sig", try signature.sign()), ("nonce", nonce), ("date", String(date)),
    ]
  }

  private func url(_ method: String, _ query: [(name: String, value: String)]) -> String {
    // In bytes: adding that many short strings to each other costs more than the rest of a request does on this side.
    var url: [UInt8] = []
    url.reserveCapacity(256)
    url += base.text.utf8
    url.append(UInt8(ascii: "/"))
    url += method.utf8
    // The slash at the end is part of the path, and of what is signed.
    url.append(UInt8(ascii: "/"))
    var separator = UInt8(ascii: "?")
    for parameter in query {
      url.append(separator)
      url += parameter.name.utf8
      url.append(UInt8(ascii: "="))
      if parameter.name == "api_key" {
        PercentEncoding.append(parameter.value, spaceAsPlus: false, to: &url)
      } else {
        TinEyeSignature.appendWireValue(parameter, to: &url)
      }
      separator = UInt8(ascii: "&")
    }
    return String(decoding: url, as: UTF8.self)
  }
}
