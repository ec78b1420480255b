/// What Alibaba Cloud's responses mean: the table in docs/sources/alibaba-image-search.md, section 7.
enum AlibabaCloudErrors {
  /// Reads a response. An error inside HTTP 200 is an error, and so is a page that is no JSON.
  ///
  /// - Parameter part: what the response must have, for the message when it has not.
  static func read<Response: AlibabaCloudResponse>(
    _ response: TransportResponse, as type: Response.Type, part: String
  ) -> Result<Response, ProviderFailure> {
    let retryAfter = retryAfter(response)
    guard let json = (try? JSONDocument(response.body))?.root, json.isObject else {
      return .failure(AnswerFailure.notJSON(response, retryAfter: retryAfter))
    }
    var envelope = AlibabaCloudEnvelope(json)
    guard (200...299).contains(response.status), envelope.code == nil || envelope.code == "0", envelope.success != false
    else {
      return .failure(failure(envelope, status: response.status, retryAfter: retryAfter))
    }
    guard var typed = Response(json) else {
      var failure = AnswerFailure.missing(part, response)
      failure.error.requestID = envelope.requestID
      return .failure(failure)
    }
    envelope.raw = response.body
    typed.envelope = envelope
    return .success(typed)
  }

  /// The header `x-acs-retry-after`: the vendor's client takes it for milliseconds and no page names a unit, so never less
  /// than a second. `Retry-After` is not sent, but a proxy may.
  static func retryAfter(_ response: TransportResponse) -> Duration? {
    if let text = response.header("x-acs-retry-after"), let value = Int(text), value > 0 {
      return max(.seconds(1), .milliseconds(min(value, 1_000_000_000)))
    }
    // A date would need the clock; a server that far from the documents is waited for by the usual backoff.
    return response.header("retry-after").flatMap { Double($0) }.flatMap {
      $0 >= 0 && $0 < 1e9 ? .seconds(min($0, Duration.tenYears)) : nil
    }
  }

  private static func failure(
    _ envelope: AlibabaCloudEnvelope, status: Int, retryAfter: Duration?
  ) -> ProviderFailure {
    let words = envelope.message.map(Redactor.withoutSignedText)
    var failure =
      envelope.code.flatMap { meaning($0, words?.lowercased() ?? "") }
      ?? unknown(status, isTold: retryAfter != nil, isOwn: envelope.code != nil)
    failure.error.message =
      words ?? "AlibabaCloud responds with the code \(envelope.code ?? "\(status)") and no message"
    failure.error.providerMessage = words
    failure.error.providerCode = envelope.code
    failure.error.requestID = envelope.requestID
    failure.error.httpStatus = status
    failure.error.retryAfter = retryAfter
    return failure
  }

  /// A code that nobody documents: by the HTTP status, or throttling when the response says when to come back.
  private static func unknown(_ status: Int, isTold: Bool, isOwn: Bool) -> ProviderFailure {
    if isTold { return ProviderFailure(ImageSearchError(.tooManyRequests, ""), .notCounted, isThrottling: true) }
    if (200...299).contains(status) { return ProviderFailure(ImageSearchError(.providerError, ""), .never) }
    return AnswerFailure.byStatus(status, isOwn: isOwn)
  }

  private static func meaning(_ code: String, _ words: String) -> ProviderFailure? {
    func final(_ kind: ImageSearchError.Code) -> ProviderFailure { ProviderFailure(ImageSearchError(kind, ""), .never) }
    func again(_ kind: ImageSearchError.Code) -> ProviderFailure {
      ProviderFailure(ImageSearchError(kind, ""), .mayHaveBeenCounted)
    }
    if code == "DeniedRequest" || code.hasPrefix("Throttling") {
      return ProviderFailure(ImageSearchError(.tooManyRequests, ""), .notCounted, isThrottling: true)
    }
    switch code {
    case "SignatureNonceUsed": return ProviderFailure(ImageSearchError(.signatureRejected, ""), .notCounted)
    case "SearchTimeout", "TimeoutForTransferImage", "RequestTimeout", "ExtractFeatureTimeout":
      return again(.providerTimeout)
    // Both spellings are the vendor's.
    case "UnknownException", "UnknownlException", "NetworkException", "AccessEngineFailed", "InternalOssError",
      "InternalSwiftError", "InternalTableStoreError", "ConnectionDVException", "InternalError":
      return again(.providerError)
    case "ServiceUnavailable":
      return ProviderFailure(ImageSearchError(.serviceBusy, ""), .notCounted, isThrottling: true)
    case "PictureError": return again(words.contains("download") ? .urlNotFetched : .corruptImage)
    case "UnsupportedInstanceType", "UnsupportedOperationType": return final(.unsupported)
    case "UnsupportedPicFormat", "IncorrectOrientation": return final(.unsupportedFormat)
    case "UnsupportedPicPixels":
      return final(words.contains("small") || words.contains("less than") ? .imageTooSmall : .imageTooLarge)
    case "InvalidPicContent": return final(.imageTooLarge)
    case "InvalidPicUrl": return final(.invalidURL)
    case "PicNotExist", "InvalidInstance": return final(.notFound)
    case "InstanceOverQuota": return final(.capacityReached)
    case "InstanceStatusError": return final(.instanceUnavailable)
    case "NoPermission": return final(.permissionDenied)
    case "SignatureDoesNotMatch", "IncompleteSignature", "ContentMD5NotMatched": return final(.signatureRejected)
    case "InvalidAction.NotFound", "InvalidVersion", "UnsupportedHTTPMethod": return final(.wrongEndpoint)
    default: return meaningByPrefix(code)
    }
  }

  /// Families of codes, those of the gateway among them.
  private static func meaningByPrefix(_ code: String) -> ProviderFailure? {
    let families: [(prefix: String, kind: ImageSearchError.Code)] = [
      ("InvalidAccessKeyId", .unauthorized), ("InvalidSecurityToken", .unauthorized),
      ("MissingSecurityToken", .unauthorized), ("InvalidTimeStamp", .clockSkew), ("IllegalTimestamp", .clockSkew),
      ("RequestTimeTooSkewed", .clockSkew), ("Forbidden", .permissionDenied),
      // What is left of the table are parameters that the caller chose.
      ("Invalid", .invalidRequest), ("Missing", .invalidRequest), ("NoSpecified", .invalidRequest),
      ("Overflow", .invalidRequest), ("BadRequest", .invalidRequest), ("NoCaretSeperator", .invalidRequest),
      ("EmptyMeta", .invalidRequest), ("NoPicList", .invalidRequest), ("RegionError", .invalidRequest),
    ]
    return families.first { code.hasPrefix($0.prefix) }
      .map { ProviderFailure(ImageSearchError($0.kind, ""), .never) }
  }
}
