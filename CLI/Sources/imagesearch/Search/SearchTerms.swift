import ArgumentParser
@_spi(Command) import ImageSearch

/// The search options, for each service those that it supports.
struct SearchTerms: Sendable {
  var limit: Int?
  var relations: Set<Match.Relation>?
  var minimumConfidence: Double?
  var minimumScore: Double?
  var region: PixelRect?
  var category: String?
  var effort = SearchRequest.Effort.normal

  func request(_ image: ImageSource, _ service: ServiceName) -> SearchRequest {
    var request = SearchRequest(image: image, limit: limit, region: region)
    request.category = category
    if service != .tmapi { request.minimumScore = minimumScore }
    // Only the local index has confidences and relations.
    if service == .local {
      request.relations = relations
      request.minimumConfidence = minimumConfidence
      request.effort = effort
    }
    return request
  }

  /// Maximum number of paid calls of a search.
  func mostPaidCalls(_ query: Query, _ service: ServiceName) -> Int {
    switch service {
    case .local: return 0
    case .tineye, .alibaba: return 1
    case .tmapi:
      guard case .url(let address) = query.source else { return 0 }
      let host = address.dropFirst(address.hasPrefix("https") ? 8 : 7).prefix { $0 != "/" && $0 != ":" && $0 != "?" }
        .lowercased()
      let needsConversion = host != "alicdn.com" && !host.hasSuffix(".alicdn.com")
      // A page has 20 matches. No cap is as large as the bound, which keeps sums countable.
      return min(1_000_000, (needsConversion ? 1 : 0) + 1 + (max(1, limit ?? 20) - 1) / 20)
    }
  }

  /// A description for the journal.
  func description(_ services: [ServiceName]) -> String {
    var parts = ["--in \(services.map(\.rawValue).joined(separator: ","))"]
    if let limit { parts.append("--limit \(limit)") }
    if let relations { parts.append("--relation \(relations.map(\.rawValue).sorted().joined(separator: ","))") }
    if let minimumConfidence { parts.append("--min-confidence \(minimumConfidence)") }
    if let minimumScore { parts.append("--min-score \(minimumScore)") }
    if let region { parts.append("--region \(region.x),\(region.y),\(region.width),\(region.height)") }
    if let category { parts.append("--category \(category)") }
    if effort != .normal { parts.append("--effort \(effort.rawValue)") }
    return parts.joined(separator: " ")
  }
}

/// `identical,reencoded` and the like.
func relations(_ lists: [String]) throws -> Set<Match.Relation>? {
  let known = ["identical", "reencoded", "altered", "partial", "shared"]
  let names = lists.flatMap { $0.split(separator: ",").map { $0.filter { $0 != " " }.lowercased() } }
  guard !lists.isEmpty else { return nil }
  guard !names.isEmpty else {
    throw CommandError(.usage, "--relation is empty; there are \(known.joined(separator: ", "))")
  }
  return Set(
    try names.map { name in
      guard known.contains(name) else {
        let nearest = CommandSupport.nearest(to: name, among: known).map { "; did you mean \($0)?" } ?? ""
        throw CommandError(
          .usage, "there is no relation \(displayable(name))\(nearest) (there are \(known.joined(separator: ", ")))")
      }
      return Match.Relation(rawValue: name)
    })
}

/// `x,y,width,height` in pixels.
func region(_ text: String) throws -> PixelRect {
  let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0.filter { $0 != " " }) }
  guard numbers.count == 4, let x = numbers[0], let y = numbers[1], let width = numbers[2], let height = numbers[3],
    x >= 0, y >= 0,
    width > 0, height > 0
  else {
    throw CommandError(
      .usage, "--region is \(displayable(text)); it must be x,y,width,height in pixels, for instance 0,0,400,300")
  }
  return PixelRect(x: x, y: y, width: width, height: height)
}
