extension TMAPISearchRequest {
  /// A search in the common terms, its first page. The parameters are `endpoint`, `page_size`, `sort`, `language`,
  /// `price_start`, `price_end`, `support_dropshipping`, `is_factory`, `verified_supplier`, `free_shipping` and `new_arrival`;
  /// pages follow from offset and limit, see ``TMAPIPageWindow``.
  ///
  /// - Parameter endpoint: the search, unless the parameter `endpoint` names another.
  /// - Throws: ``ImageSearchError/Code/invalidArgument`` for an unknown parameter or value,
  ///   ``ImageSearchError/Code/unsupported`` for a region, a category, a minimum score or a minimum confidence.
  public init(_ request: SearchRequest, endpoint: Endpoint = .search) throws {
    self.init(image: request.image, endpoint: endpoint)
    guard request.region == nil, request.category == nil else {
      throw ImageSearchError(.unsupported, "TMAPI has no region and no category to search by")
    }
    guard request.minimumScore == nil, request.minimumConfidence == nil else {
      throw ImageSearchError(.unsupported, "TMAPI tells no score and no confidence, only an order")
    }
    for (name, value) in request.parameters { try set(name, value) }
    try validate()
  }

  private mutating func set(_ name: String, _ value: String) throws {
    if let flag = TMAPIFlag(rawValue: name) {
      guard value == "true" || value == "false" else { throw Self.refuse(name, value, "true or false") }
      self[keyPath: flag.field] = value == "true"
      return
    }
    switch name {
    case "endpoint": endpoint = try Self.parse(name, value)
    case "sort": sort = try Self.parse(name, value)
    case "language": language = try Self.parse(name, value)
    case "price_start": priceStart = value
    case "price_end": priceEnd = value
    case "page_size":
      // The window over several pages is reckoned with the size that all three searches take.
      guard let size = Int(value), (1...Self.defaultPageSize).contains(size) else {
        throw Self.refuse(name, value, "a whole number from 1 to \(Self.defaultPageSize)")
      }
      pageSize = size
    case "page":
      throw ImageSearchError(.invalidArgument, "page follows from offset and limit and cannot be given beside them")
    default:
      let flags = TMAPIFlag.allCases.map(\.rawValue).joined(separator: ", ")
      throw ImageSearchError(
        .invalidArgument,
        "TMAPI has no parameter \"\(name)\"; it has endpoint, page_size, sort, language, price_start, price_end, \(flags)"
      )
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
}
