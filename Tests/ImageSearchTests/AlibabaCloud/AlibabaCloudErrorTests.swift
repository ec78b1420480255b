import Testing

@testable import ImageSearch

/// Every row of the table in docs/sources/alibaba-image-search.md, section 7, and invalid responses.
@Suite struct AlibabaCloudErrorTests {
  private static let table: [(status: Int, code: ImageSearchError.Code, attempts: Int, names: String)] = [
    (
      400, .invalidRequest, 1,
      """
      BadRequest InvalidInstanceName NoCaretSeperator EmptyMeta InvalidMetaItem NoPicList InvalidPicList NoSpecifiedPic \
      NoSpecifiedSearchPic NoSpecifiedAddPic NoSpecifiedItemId NoSpecifiedProductId NoSpecifiedPicName \
      NoSpecifiedPicContent InvalidCategory InvalidStartParameter InvalidNumParameter InvalidIntAttr InvalidStrAttr \
      InvalidProductId InvalidPicName InvalidCustomContent InvalidFilterClause InvalidType InvalidRegion RegionError \
      InvalidRequestId InvalidRequestIdTooLarge OverflowMaxResultNum OverflowMaxReturnNum MissingParameter
      """
    ),
    (400, .notFound, 1, "InvalidInstance PicNotExist"),
    (400, .unsupportedFormat, 1, "UnsupportedPicFormat IncorrectOrientation"),
    (400, .imageTooLarge, 1, "UnsupportedPicPixels InvalidPicContent"),
    (400, .invalidURL, 1, "InvalidPicUrl"),
    (400, .providerTimeout, 4, "TimeoutForTransferImage SearchTimeout"),
    (400, .capacityReached, 1, "InstanceOverQuota"),
    (400, .instanceUnavailable, 1, "InstanceStatusError"),
    (409, .instanceUnavailable, 1, "InstanceStatusError"),
    (403, .permissionDenied, 1, "NoPermission Forbidden.RAM"),
    (403, .tooManyRequests, 4, "DeniedRequest"),
    (
      500, .providerError, 4,
      """
      UnknownException UnknownlException NetworkException AccessEngineFailed InternalOssError InternalSwiftError \
      InternalTableStoreError ConnectionDVException
      """
    ),
    (500, .providerTimeout, 4, "RequestTimeout ExtractFeatureTimeout"),
    (500, .corruptImage, 2, "PictureError"),
    (500, .unsupported, 1, "UnsupportedInstanceType UnsupportedOperationType"),
    (400, .signatureRejected, 1, "SignatureDoesNotMatch IncompleteSignature"),
    (400, .signatureRejected, 4, "SignatureNonceUsed"),
    (404, .unauthorized, 1, "InvalidAccessKeyId.NotFound InvalidAccessKeyId.Inactive"),
    (400, .unauthorized, 1, "InvalidSecurityToken.Expired MissingSecurityToken"),
    (400, .clockSkew, 1, "InvalidTimeStamp.Expired InvalidTimeStamp.Format"),
    (400, .tooManyRequests, 4, "Throttling Throttling.User Throttling.Api"),
    (404, .wrongEndpoint, 1, "InvalidAction.NotFound InvalidVersion"),
    (503, .serviceBusy, 4, "ServiceUnavailable SomethingNew"),
    (403, .permissionDenied, 1, "SomethingNew"),
    (500, .providerError, 4, "SomethingNew"),
  ]

  private func failure(_ step: ScriptedTransport.Step) async throws -> ImageSearchError? {
    let transport = ScriptedTransport([step])
    let client = try AlibabaCloudFixture.client(transport)
    let error = await #expect(throws: ImageSearchError.self) {
      _ = try await client.search(AlibabaCloudSearchRequest(.text("shoes")))
    }
    #expect(error?.service == "AlibabaCloud")
    #expect(error?.mayHaveBeenCharged == false)
    #expect(error?.attempts == transport.sent.count)
    return error
  }

  @Test func everyRowOfTheTable() async throws {
    for (status, code, attempts, names) in Self.table {
      for name in names.split(separator: " ") {
        let capital = #"{"RequestId":"R1","Code":"\#(name)","Message":"words"}"#
        let small = #"{"requestId":"R1","code":"\#(name)","message":"words"}"#
        for body in [capital, small] {
          let error = try await failure(.json(body, status: status))
          #expect(error?.code == code, "\(name)")
          #expect(error?.attempts == attempts, "\(name)")
          #expect(error?.message == "words")
          #expect(error?.providerCode == String(name))
          #expect(error?.requestID == "R1")
          #expect(error?.httpStatus == status)
        }
      }
    }
  }

  @Test func anErrorInsideHTTP200IsAnError() async throws {
    let coded = try await failure(.json(#"{"RequestId":"R1","Code":"DeniedRequest","Msg":"slow"}"#))
    #expect(coded?.code == .tooManyRequests)
    #expect(coded?.message == "slow")
    let number = try await failure(.json(#"{"RequestId":"R1","Code":17,"Message":"odd","Success":false}"#))
    #expect(number?.code == .providerError)
    #expect(number?.providerCode == "17")
    #expect(number?.attempts == 1)
    let bare = try await failure(.json(#"{"Success":false}"#))
    #expect(bare?.code == .providerError)
  }

  @Test func whatIsNoAnswerIsAnError() async throws {
    for body in ["", "<!doctype html><p>Log in", "{\"Code\":0", "[]", "null", "\u{FEFF}"] {
      let error = try await failure(.json(body))
      #expect(error?.code == .malformedResponse, "\(body)")
      #expect(error?.attempts == 1)
    }
    let empty = try await failure(.json(#"{"Code":0,"Success":true,"RequestId":"R9"}"#))
    #expect(empty?.code == .malformedResponse)
    #expect(empty?.message == "the response has no \"Auctions\"")
    #expect(empty?.requestID == "R9")
    let gateway = try await failure(.json("<html><h1>502</h1></html>", status: 502))
    #expect(gateway?.code == .providerError)
    #expect(gateway?.message == "the response with HTTP status 502 is an HTML page, not the provider's JSON")
  }

  @Test func imageErrorsOfADownloadSaySo() async throws {
    let error = try await failure(
      .json(#"{"Code":"PictureError","Message":"[download] Img Download Failed."}"#, status: 500))
    #expect(error?.code == .urlNotFetched)
    #expect(error?.attempts == 2)
  }

  @Test func theProviderSaysWhenToComeBack() async throws {
    let time = InstantTime()
    let transport = ScriptedTransport([
      .json(#"{"Code":"Throttling.User"}"#, status: 400, headers: [("x-acs-retry-after", "2500")]),
      .json(#"{"Code":"Unheard.Of"}"#, status: 400, headers: [("x-acs-retry-after", "2")]),
      .json(#"{"Code":0,"Auctions":[]}"#),
    ])
    let client = try AlibabaCloudFixture.client(transport, time: time)
    _ = try await client.search(AlibabaCloudSearchRequest(.text("shoes")))
    #expect(time.sleeps.count >= 2)
    #expect(time.sleeps.reduce(0, +) >= 3.5)
  }

  /// The signed text contains the key id and, in the RPC scheme, the token, encoded twice.
  @Test func theTextThatWasSignedDoesNotShow() async throws {
    let error = try await failure(
      .json(
        #"{"Code":"SignatureDoesNotMatch","Message":"Not matched. server string to sign is:POST\n...token%252B"}"#,
        status: 400))
    #expect(error?.message == "Not matched. server …")
    #expect(error?.providerMessage?.contains("token") == false)
  }

  @Test func theBucketsErrorsAreXML() async throws {
    let image = AlibabaCloudAddRequest(
      productID: "p", imageName: "n", image: .bytes(AlibabaCloudFixture.jpeg()))
    for (status, code, expected, attempts) in [
      (403, "AccessDenied", ImageSearchError.Code.permissionDenied, 1), (400, "EntityTooLarge", .imageTooLarge, 1),
      (400, "RequestTimeout", .providerTimeout, 4), (503, "ServiceUnavailable", .serviceBusy, 4),
      (403, "RequestTimeTooSkewed", .clockSkew, 1),
    ] {
      let xml =
        "<?xml version=\"1.0\"?><Error><Code>\(code)</Code><Message>because</Message><RequestId>5C3D</RequestId>"
      let transport = ScriptedTransport([.json(AlibabaCloudFixture.grant), .json(xml, status: status)])
      let client = try AlibabaCloudFixture.client(transport)
      let error = await #expect(throws: ImageSearchError.self) { try await client.addImage(image) }
      #expect(error?.code == expected, "\(code)")
      #expect(error?.providerCode == code)
      #expect(error?.message == "the upload was refused: because")
      #expect(error?.requestID == "5C3D")
      #expect(transport.sent.count == 1 + attempts)
    }
  }
}
