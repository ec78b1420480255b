/// The meaning of TinEye's responses: the table in docs/sources/tineye.md, section 6.
enum TinEyeErrors {
  /// Reads a response. An error within HTTP 200 is an error, and so is a body that is not JSON.
  static func read(
    _ response: TransportResponse, isURLSearch: Bool = false, unixTime: Double
  ) -> Result<TinEyeEnvelope, ProviderFailure> {
    let retryAfter = response.header("retry-after").flatMap { RetryAfter.parse($0, unixTime: unixTime) }
    guard let envelope = (try? JSONDocument(response.body)).flatMap({ TinEyeEnvelope($0.root) }) else {
      return .failure(ResponseFailure.notJSON(response, retryAfter: retryAfter))
    }
    let code = envelope.code ?? response.status
    if response.status == 200, code == 200 {
      guard envelope.results != nil else {
        return .failure(ResponseFailure.missing("results", response))
      }
      return .success(envelope)
    }
    // JSON of a gateway has a different shape.
    guard envelope.isOwn else { return .failure(ResponseFailure.notJSON(response, retryAfter: retryAfter)) }
    let status = response.status == 200 ? code : response.status
    var failure = classify(status, envelope.messages, isURLSearch: isURLSearch, unixTime: unixTime)
    failure.error.httpStatus = response.status
    failure.error.retryAfter = failure.error.retryAfter ?? retryAfter
    return .failure(failure)
  }

  /// - Parameter status: HTTP status, or the body's code when that is 200.
  private static func classify(
    _ status: Int, _ messages: [String], isURLSearch: Bool, unixTime: Double
  ) -> ProviderFailure {
    // Until about 2021, the first of two messages was a type in capitals.
    let isTyped = messages.count > 1 && messages[0].utf8.allSatisfy { (65...90).contains($0) || $0 == 95 }
    let words = (isTyped ? messages.dropFirst() : messages[...]).joined(separator: " ")
    let type = isTyped ? messages[0] : nil
    var failure = kind(status, type, words.lowercased(), isURLSearch: isURLSearch)
    failure.error.message = words.isEmpty ? "TinEye responds with the code \(status) and no message" : words
    failure.error.providerMessage = words.isEmpty ? nil : words
    failure.error.providerCode = type ?? String(status)
    if failure.error.code == .quotaExceeded {
      failure.error.retryAfter = resetDate(words).map { .seconds(min(max(0, $0 - unixTime), Duration.tenYears)) }
    }
    return failure
  }

  private static func kind(_ status: Int, _ type: String?, _ words: String, isURLSearch: Bool) -> ProviderFailure {
    func final(_ code: ImageSearchError.Code) -> ProviderFailure { ProviderFailure(ImageSearchError(code, ""), .never) }
    func busy(_ code: ImageSearchError.Code) -> ProviderFailure {
      ProviderFailure(ImageSearchError(code, ""), .notCounted, isThrottling: true)
    }
    if type == "NO_SIGNATURE_ERROR" || words.contains("too simple or too small") { return final(.imageTooSimple) }
    if words.contains("authentication method that you are using has been removed") {
      return final(.authenticationMethodRemoved)
    }
    if words.contains("too skewed") { return final(.clockSkew) }
    if words.contains("signature is not valid") { return final(.signatureRejected) }
    if words.contains("no more searches") || status == 402 { return final(.noSearchesLeft) }
    if words.contains("exceeded your"), words.contains("quota") { return final(.quotaExceeded) }
    if words.contains("please supply an image") { return final(.invalidRequest) }
    if words.contains("invalid or missing url") { return final(.invalidURL) }
    if words.contains("couldn't download") || (isURLSearch && words.contains("identify/download")) {
      return final(.urlNotFetched)
    }
    if words.contains("cannot identify") || words.contains("couldn't identify") { return final(.notAnImage) }
    if words.contains("error reading image data") { return final(.corruptImage) }
    if status == 401 || status == 403 { return final(.unauthorized) }
    if status == 429 || words.contains("too many requests") || words.contains("concurrent requests") {
      return busy(.tooManyRequests)
    }
    if status == 503 || words.contains("busy due to high load") || words.contains("503 service unavailable") {
      return busy(.serviceBusy)
    }
    return ResponseFailure.byStatus(status, isOwn: true)
  }

  /// The date in `You have exceeded your 30 search quota (will reset 2017-03-21 00:00:00 UTC)`.
  private static func resetDate(_ words: String) -> Double? {
    let parts = words.split(separator: " ", omittingEmptySubsequences: true).map {
      $0.filter { $0 != ")" && $0 != "(" }
    }
    guard let mark = parts.firstIndex(of: "reset"), mark + 2 < parts.count, mark > 0, parts[mark - 1] == "will" else {
      return nil
    }
    let text = parts[(mark + 1)...(mark + 2)].map { $0 }
    let date = text[0].split(separator: "-").compactMap { Int($0) }
    let clock = text[1].split(separator: ":").compactMap { Int($0) }
    guard date.count == 3, clock.count >= 2 else { return nil }
    return HTTPDate.unixTime(
      year: date[0], month: date[1], day: date[2], hour: clock[0], minute: clock[1],
      second: clock.count > 2 ? clock[2] : 0
    ).map(Double.init)
  }
}
