import FoundationEssentials
import Glibc
import ImageSearch
import Synchronization
import TestSupport
import Testing

/// The client against the double, over real sockets.
@Suite struct TinEyeServiceTests {
  private func client(
    _ double: ProviderDouble, _ credentials: TinEyeCredentials = .apiKey("test-key"),
    _ change: (inout ClientConfiguration) -> Void = { _ in }
  ) throws -> TinEye {
    var configuration = ClientConfiguration()
    configuration.limits = RequestLimits(concurrent: 4)
    configuration.retry.baseDelay = 0.01
    change(&configuration)
    return try TinEye(credentials, baseURL: double.url + "/rest/", configuration: configuration)
  }

  @Test func searchesByUploadWithTheKeyInTheHeader() async throws {
    let double = try ProviderDouble("tineye")
    let picture = try double.picture("melon.png")
    let page = try await client(double).search(SearchRequest(image: .bytes(Array(picture)), limit: 5))
    let request = try #require(try double.requests().last)
    #expect(request.verdict == "ok")
    #expect(request.header("x-api-key") == "test-key")
    #expect(!page.matches.isEmpty)
    #expect(page.matches.count <= 5)
    #expect(try double.paid() == 1)
  }
}
