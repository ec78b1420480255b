import ImageSearch
import TestSupport
import Testing

/// Idle connections that the other side closes, and reused descriptors of sockets.
@Suite struct KeptConnectionTests {
  private let timeouts = AttemptTimeouts(connect: .seconds(5), total: .seconds(10))

  private func transport(_ connections: Int = 16) throws -> CurlTransport {
    var configuration = TransportConfiguration()
    configuration.proxy = ""
    configuration.maximumConnections = connections
    return try CurlTransport(configuration: configuration)
  }

  private static func double() throws -> ProviderDouble {
    try ProviderDouble("tineye", settings: #"{"max_concurrent": 16}"#)
  }

  private func ask(_ transport: CurlTransport, _ double: ProviderDouble, _ count: Int) async throws {
    let request = {
      var request = TransportRequest(method: .get, url: double.url + "/rest/image_count/")
      request.headers = [("x-api-key", "test-key")]
      return request
    }()
    try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<count { group.addTask { try await transport.send(request, timeouts: timeouts).status } }
      for try await status in group { #expect(status == 200) }
    }
  }

  /// The server ends with its connections, several times; the next one's sockets reuse the descriptors.
  @Test func theOtherSideEnds() async throws {
    let transport = try transport()
    defer { transport.close() }
    for _ in 0..<4 {
      let double = try Self.double()
      try await ask(transport, double, 8)
      try await ask(transport, double, 8)
      #expect(try double.requests().count == 16)
    }
  }

  /// Fewer connections than requests: sockets are closed and opened continually.
  @Test func socketsComeAndGo() async throws {
    let transport = try transport(2)
    defer { transport.close() }
    let doubles = [try Self.double(), try Self.double(), try Self.double()]
    for _ in 0..<10 {
      for double in doubles { try await ask(transport, double, 6) }
    }
    for double in doubles { #expect(try double.requests().count == 60) }
  }
}
