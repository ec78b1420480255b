import Glibc
import ImageSearch
import TestSupport
import Testing

/// All clients share a thread, but a client's connections, sessions and addresses serve no other client and end with it.
@Suite struct ClientIsolationTests {
  private let timeouts = AttemptTimeouts(connect: .seconds(60), total: .seconds(120))

  private func transport(_ change: (inout TransportConfiguration) -> Void = { _ in }) throws -> CurlTransport {
    var configuration = TransportConfiguration()
    configuration.proxy = ""
    change(&configuration)
    return try CurlTransport(configuration: configuration)
  }

  private func status(_ transport: CurlTransport, _ url: String, publicOnly: Bool = false) async -> Result<
    Int, TransportFailure
  > {
    var request = TransportRequest(method: .get, url: url)
    request.publicAddressesOnly = publicOnly
    do throws(TransportFailure) {
      return .success(try await transport.send(request, timeouts: timeouts).status)
    } catch { return .failure(error) }
  }

  private func code(_ result: Result<Int, TransportFailure>) -> ImageSearchError.Code? {
    if case .failure(let failure) = result { failure.code } else { nil }
  }

  @Test func addressesToUse() async throws {
    let double = try ProviderDouble("tineye")
    let url = "http://one-client-knows.invalid:\(double.port)/rest/image_count/"
    let one = try transport { $0.resolve = ["one-client-knows.invalid:\(double.port):127.0.0.1"] }
    let other = try transport()
    defer { [one, other].forEach { $0.close() } }
    #expect(code(await status(one, url)) == nil)
    #expect(code(await status(other, url)) == .hostNotFound)
    #expect(code(await status(one, url)) == nil)
  }

  @Test func connections() async throws {
    let double = try ProviderDouble("tineye")
    let transports = try (0..<3).map { _ in try transport() }
    for transport in transports + transports {
      #expect(code(await status(transport, double.url + "/rest/image_count/")) == nil)
    }
    let seen = try double.requests().map(\.connection)
    #expect(Set(seen).count == 3)
    #expect(seen.prefix(3) == seen.suffix(3))
    transports[0].close()
    #expect(await connectionsBecome(2, to: double.port))
    // The other clients keep their connections.
    #expect(code(await status(transports[1], double.url + "/rest/image_count/")) == nil)
    #expect(try double.requests().last?.connection == seen[1])
    transports[1].close()
    transports[2].close()
    #expect(await connectionsBecome(0, to: double.port))
  }

  @Test func authorities() async throws {
    let double = try ProviderDouble("tineye", tls: true)
    let url = try #require(double.tlsURL) + "/rest/image_count/"
    let trusting = try transport { $0.certificateAuthorityFile = double.caFile }
    let other = try transport()
    defer { [trusting, other].forEach { $0.close() } }
    for _ in 0..<2 {
      #expect(code(await status(trusting, url)) == nil)
      let refused = await status(other, url)
      #expect(code(refused) == .tlsFailed)
      guard case .failure(let failure) = refused else { continue }
      #expect(failure.message.contains("ca_file") && failure.message.contains("SSL_CERT_FILE"), "\(failure.message)")
    }
  }

  /// TLS sessions are isolated like connections: a resumed session identifies its client to the server.
  @Test func sessions() async throws {
    let double = try ProviderDouble("tineye", tls: true)
    let url = try #require(double.tlsURL) + "/rest/image_count/"
    // Every response ends its connection.
    try double.script(#"{"count": 0, "fault": "no_content_length"}"#)
    let transports = try (0..<3).map { _ in try transport { $0.certificateAuthorityFile = double.caFile } }
    defer { transports.forEach { $0.close() } }
    for transport in transports + transports {
      #expect(code(await status(transport, url)) == nil)
    }
    let requests = try double.requests()
    #expect(Set(requests.map(\.connection)).count == 6)
    #expect(requests.map(\.sessionReused) == [false, false, false, true, true, true])
  }

  @Test func credentialsOfProxies() async throws {
    let double = try ProviderDouble("tineye")
    let settings = "{\"routes\": {\"api.example\": \(double.port)}, \"user\": \"me\", \"password\": \"mine\"}"
    let proxy = try ProviderDouble("proxy", settings: settings)
    func through(_ user: String) throws -> CurlTransport {
      try transport {
        $0.proxy = "http://\(user)127.0.0.1:\(proxy.port)"
        $0.noProxy = ""
      }
    }
    let known = try through("me:mine@")
    let unknown = try through("")
    defer { [known, unknown].forEach { $0.close() } }
    for _ in 0..<2 {
      #expect(try await status(known, "http://api.example/rest/image_count/").get() != 407)
      #expect(try await status(unknown, "http://api.example/rest/image_count/").get() == 407)
    }
  }

  @Test func allowedAddresses() async throws {
    let double = try ProviderDouble("tineye")
    let open = try transport()
    let careful = try transport()
    defer { [open, careful].forEach { $0.close() } }
    #expect(code(await status(open, double.url + "/rest/image_count/")) == nil)
    #expect(code(await status(careful, double.url + "/rest/image_count/", publicOnly: true)) == .addressRefused)
    #expect(code(await status(open, double.url + "/rest/image_count/", publicOnly: true)) == .addressRefused)
    #expect(try double.requests().count == 1)
  }

  /// Closing a client ends its own requests and no other client's.
  @Test func closingEndsItsOwnRequests() async throws {
    let faults = try ProviderDouble("faults")
    let silent = try #require(faults.ports["silent_port"])
    let double = try ProviderDouble("tineye")
    let closed = try transport()
    let other = try transport()
    defer { other.close() }
    async let waiting = status(closed, "http://127.0.0.1:\(silent)/")
    #expect(code(await status(other, double.url + "/rest/image_count/")) == nil)
    closed.close()
    closed.close()
    #expect(code(await waiting) == .closed)
    #expect(code(await status(closed, double.url + "/")) == .closed)
    #expect(code(await status(other, double.url + "/rest/image_count/")) == nil)
  }

  /// Waits until `/proc/net/tcp` has that many connections to a loopback port.
  private func connectionsBecome(_ count: Int, to port: UInt16) async -> Bool {
    var hex = String(port, radix: 16, uppercase: true)
    hex = String(repeating: "0", count: 4 - hex.count) + hex
    for _ in 0..<500 {
      let established = Self.lines(of: "/proc/net/tcp").filter {
        let fields = $0.split(separator: " ")
        return fields.count > 3 && fields[2] == "0100007F:\(hex)" && fields[3] == "01"
      }
      if established.count == count { return true }
      try? await Task.sleep(for: .milliseconds(20))
    }
    return false
  }

  /// Reads a file whose size the kernel does not report.
  private static func lines(of path: String) -> [String] {
    guard let file = fopen(path, "r") else { return [] }
    defer { fclose(file) }
    var buffer = [CChar](repeating: 0, count: 512)
    var lines: [String] = []
    while fgets(&buffer, 512, file) != nil {
      lines.append(String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }
    return lines
  }
}
