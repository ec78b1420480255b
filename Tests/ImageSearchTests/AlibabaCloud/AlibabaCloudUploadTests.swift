import Testing

@testable import ImageSearch

/// The temporary bucket. The memory of uploads is tested from Python, in a process without other tests.
@Suite struct AlibabaCloudUploadTests {
  /// The form requests status 201, so that a login page of a gateway is not mistaken for the bucket.
  @Test(arguments: [200, 202, 204, 299]) func onlyTheBucketsOwnAnswerIsAnUpload(_ status: Int) async throws {
    let page = TransportResponse(status: status, body: Array("<html>please sign in</html>".utf8))
    let transport = ScriptedTransport([.json(AlibabaCloudFixture.grant), .answer(page)])
    let client = try AlibabaCloudFixture.client(transport)
    let error = await thrown {
      try await client.search(SearchRequest(image: .bytes(AlibabaCloudFixture.jpeg())))
    }
    #expect(error?.code == .malformedResponse)
    #expect(error?.message == "the bucket responds with HTTP status \(status) where 201 was asked for")
    #expect(error?.httpStatus == status)
    #expect(transport.sent.count == 2)
  }
}
