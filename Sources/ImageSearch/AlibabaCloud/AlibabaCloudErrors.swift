/// The meaning of Alibaba Cloud's responses: the table in docs/sources/alibaba-image-search.md, section 7.
enum AlibabaCloudErrors {
  /// Reads a response. An error within HTTP 200 is an error, and so is a body that is not JSON.
  ///
  /// - Parameter part: the required part of the response, for the message when it is missing.
  static func read<Response: AlibabaCloudResponse>(
    _ response: TransportResponse, as type: Response.Type, part: String
  ) -> Result<Response, ProviderFailure> {
    let retryAfter = retryAfter(response)
    guard let json = (try? JSONDocument(response.body))?.root, json.isObject else {
      return .failure(ResponseFailure.notJSON(response, retryAfter: retryAfter))
    }
    var envelope = AlibabaCloudEnvelope(json)
    guard (200...299).contains(response.status), envelope.code == nil || envelope.code == "0", envelope.success != false
    else {
      return .failure(failure(envelope, status: response.status, retryAfter: retryAfter))
    }
    guard var typed = Response(json) else {
      var failure = ResponseFailure.missing(part, response)
      failure.error.requestID = envelope.requestID
      return .failure(failure)
    }
    envelope.raw = response.body
    typed.envelope = envelope
    return .success(typed)
  }

  /// The header `x-acs-retry-after`: the vendor's client reads it as milliseconds and no page names a unit, so at least
  /// one second is used. The service does not send `Retry-After`, but a proxy may.
  static func retryAfter(_ response: TransportResponse) -> Duration? {
    if let text = response.header("x-acs-retry-after"), let value = Int(text), value > 0 {
      return max(.seconds(1), .milliseconds(min(value, 1_000_000_000)))
    }
    // A date would need the clock; it is not documented, so the usual back-off applies.
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

  /// An undocumented code: by the HTTP status, or throttling if the response says when to retry.
  private static func unknown(_ status: Int, isTold: Bool, isOwn: Bool) -> ProviderFailure {
    if isTold { return ProviderFailure(ImageSearchError(.tooManyRequests, ""), .notCounted, isThrottling: true) }
    if (200...299).contains(status) { return ProviderFailure(ImageSearchError(.providerError, ""), .never) }
    return ResponseFailure.byStatus(status, isOwn: isOwn)
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
    // Both spellings occur in the vendor's documentation.
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

  /// Families of codes, including the gateway's.
  private static func meaningByPrefix(_ code: String) -> ProviderFailure? {
    let families: [(prefix: String, kind: ImageSearchError.Code)] = [
      ("InvalidAccessKeyId", .unauthorized), ("InvalidSecurityToken", .unauthorized),
      ("MissingSecurityToken", .unauthorized), ("InvalidTimeStamp", .clockSkew), ("IllegalTimestamp", .clockSkew),
      ("RequestTimeTooSkewed", .clockSkew), ("Forbidden", .permissionDenied),
      // The rest of the table concerns parameters that the caller chose.
      ("Invalid", .invalidRequest), ("Missing", .invalidRequest), ("NoSpecified", .invalidRequest),
      ("Overflow", .invalidRequest), ("BadRequest", .invalidRequest), ("NoCaretSeperator", .invalidRequest),
      ("EmptyMeta", .invalidRequest), ("NoPicList", .invalidRequest), ("RegionError", .invalidRequest),
    ]
    return families.first { code.hasPrefix($0.prefix) }
      .map { ProviderFailure(ImageSearchError($0.kind, ""), .never) }
  }
}
