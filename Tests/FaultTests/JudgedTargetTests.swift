import ImageSearch
import Synchronization
import TestSupport
import Testing

/// Requests to public addresses only: also behind a proxy, and after redirects.
@Suite struct JudgedTargetTests {
  private let timeouts = AttemptTimeouts(connect: .seconds(60), total: .seconds(120))

  enum Kind: String, Sendable, CaseIterable {
    case http, socks5, socks5h
  }

  private func transport(_ proxy: ProviderDouble, _ kind: Kind, resolve: [String]) throws -> CurlTransport {
    var configuration = TransportConfiguration()
    configuration.proxy =
      kind == .http
      ? "http://127.0.0.1:\(proxy.port)" : "\(kind.rawValue)://127.0.0.1:\(try #require(proxy.ports["socks_port"]))"
    configuration.noProxy = ""
    configuration.resolve = resolve
    return try CurlTransport(configuration: configuration)
  }

  private func fetch(_ transport: CurlTransport, _ url: String) async -> Result<TransportResponse, TransportFailure> {
    var request = TransportRequest(method: .get, url: url)
    request.publicAddressesOnly = true
    request.followsRedirects = true
    do throws(TransportFailure) {
      return .success(try await transport.send(request, timeouts: timeouts))
    } catch { return .failure(error) }
  }

  /// The proxy may be at a private address. It is given the address that was checked, and never the name.
  @Test(arguments: Kind.allCases) func aPublicTargetBehindAProxy(_ kind: Kind) async throws {
    let double = try ProviderDouble("tineye")
    let routes = "{\"routes\": {\"93.184.216.34\": \(double.port), \"2606:2800:220:1::1\": \(double.port)}}"
    let proxy = try ProviderDouble("proxy", settings: routes)
    let transport = try transport(
      proxy, kind,
      resolve: [
        "public.example:80:93.184.216.34", "six.example:80:[2606:2800:220:1::1]",
        "both.example:80:127.0.0.1,93.184.216.34",
      ])
    defer { transport.close() }
    for host in ["public.example", "six.example", "both.example", "93.184.216.34"] {
      let response = try await fetch(transport, "http://\(host)/_double/images/melon.png").get()
      #expect(response.status == 200, "\(host)")
    }
    #expect(
      try double.requests().allSatisfy {
        $0.header("host")?.contains("example") == true || $0.header("host") == "93.184.216.34"
      })
    let targets = try proxy.requests().map(\.target)
    #expect(
      !targets.isEmpty && targets.allSatisfy { $0.contains("93.184.216.34") || $0.contains("2606:2800") }, "\(targets)")
  }

  @Test(arguments: Kind.allCases) func aPrivateTargetBehindAProxy(_ kind: Kind) async throws {
    let proxy = try ProviderDouble("proxy")
    let transport = try transport(
      proxy, kind, resolve: ["inside.example:80:10.1.2.3", "mapped.example:80:[::ffff:127.0.0.1]"])
    defer { transport.close() }
    for host in [
      "inside.example", "mapped.example", "127.0.0.1", "localhost", "10.1.2.3", "169.254.169.254", "[::1]", "0x7f.1",
      "2130706433", "127.0.0.1.",
    ] {
      let result = await fetch(transport, "http://\(host)/latest/meta-data/")
      guard case .failure(let failure) = result else {
        Issue.record("\(host) was reached")
        continue
      }
      // Numbers with a trailing dot are a name, which does not exist.
      #expect([.addressRefused, .hostNotFound].contains(failure.code), "\(host): \(failure)")
      #expect(!failure.requestMayHaveBeenSent)
    }
    #expect(try proxy.requests().isEmpty)
  }

  @Test func redirectsAreJudgedOneByOne() async throws {
    let inner = try ProviderDouble("tineye")
    let target = Mutex("")
    let server = try StubServer { path, _ in
      if path == "/image" { return "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok" }
      let location = path == "/relative" ? "a/../image" : path == "/loop" ? "/loop" : target.withLock { $0 }
      return "HTTP/1.1 302 Found\r\nLocation: \(location)\r\nContent-Length: 0\r\n\r\n"
    }
    var configuration = TransportConfiguration()
    configuration.proxy = ""
    let transport = try CurlTransport(configuration: configuration)
    defer { transport.close() }
    func follow(_ path: String, publicOnly: Bool = false) async -> Result<TransportResponse, TransportFailure> {
      var request = TransportRequest(method: .get, url: "http://127.0.0.1:\(server.port)\(path)")
      request.followsRedirects = true
      request.publicAddressesOnly = publicOnly
      do throws(TransportFailure) {
        return .success(try await transport.send(request, timeouts: timeouts))
      } catch { return .failure(error) }
    }
    #expect(try await follow("/relative").get().body == Array("ok".utf8))
    target.withLock { $0 = "http://127.0.0.1:\(server.port)/image" }
    #expect(try await follow("/absolute").get().status == 200)
    for refused in [
      "ftp://127.0.0.1/x", "file:///etc/passwd", "javascript:alert(1)", "http://user:word@127.0.0.1/", "http://",
      "gopher://a/",
    ] {
      target.withLock { $0 = refused }
      let result = await follow("/absolute")
      guard case .failure(let failure) = result else {
        // A relative one by its spelling.
        #expect(refused == "javascript:alert(1)")
        continue
      }
      #expect(failure.code == .redirectRefused, "\(refused): \(failure)")
      #expect(!failure.message.contains("word"))
    }
    let looped = await follow("/loop")
    guard case .failure(let failure) = looped else {
      Issue.record("a loop came to an end")
      return
    }
    #expect(failure.code == .redirectRefused)
    _ = inner
  }

  /// A redirect from a public address behind a proxy to a private one.
  @Test func aRedirectThroughAProxy() async throws {
    let server = try StubServer { _, _ in
      "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/latest/\r\nContent-Length: 0\r\n\r\n"
    }
    let proxy = try ProviderDouble("proxy", settings: "{\"routes\": {\"93.184.216.34\": \(server.port)}}")
    let transport = try transport(proxy, .http, resolve: ["public.example:80:93.184.216.34"])
    defer { transport.close() }
    let result = await fetch(transport, "http://public.example/x.png")
    guard case .failure(let failure) = result else {
      Issue.record("a private address was reached")
      return
    }
    #expect(failure.code == .addressRefused)
    #expect(try proxy.requests().count == 1)
  }

  @Test func aProxyThatIsNotThere() async throws {
    let faults = try ProviderDouble("faults")
    let refused = try #require(faults.ports["refused_port"])
    var configuration = TransportConfiguration()
    configuration.noProxy = ""
    for kind in ["http", "socks5h"] {
      configuration.proxy = "\(kind)://me:s3cr3t-word@127.0.0.1:\(refused)"
      let transport = try CurlTransport(configuration: configuration)
      defer { transport.close() }
      do throws(TransportFailure) {
        _ = try await transport.send(TransportRequest(method: .get, url: "http://a.example/"), timeouts: timeouts)
        Issue.record("\(kind): a response came")
      } catch {
        #expect(error.code == .proxyFailed, "\(kind): \(error)")
        #expect(!error.message.contains("s3cr3t"))
      }
    }
  }

  /// A server that accepts the connection and then closes it, or sends nothing.
  @Test func aProxyThatSwallows() async throws {
    let leaving = try StubServer { _, _ in "" }
    var configuration = TransportConfiguration()
    configuration.noProxy = ""
    func send(_ proxy: String, seconds: Double) async throws -> TransportFailure? {
      configuration.proxy = proxy
      let transport = try CurlTransport(configuration: configuration)
      defer { transport.close() }
      let timeouts = AttemptTimeouts(connect: .seconds(seconds), total: .seconds(seconds))
      do throws(TransportFailure) {
        _ = try await transport.send(TransportRequest(method: .get, url: "https://a.example/"), timeouts: timeouts)
        return nil
      } catch { return error }
    }
    let left = try await send("http://me:s3cr3t-word@127.0.0.1:\(leaving.port)", seconds: 60)
    #expect(left?.code == .proxyFailed && left?.requestMayHaveBeenSent == false, "\(String(describing: left))")
    // Waits for the rest of the request.
    let silent = try await send("socks5h://me:s3cr3t-word@127.0.0.1:\(leaving.port)", seconds: 0.3)
    #expect(silent?.code == .timedOut && silent?.requestMayHaveBeenSent == false, "\(String(describing: silent))")
    for failure in [left, silent] {
      #expect(failure?.message.contains("proxy") == true && failure?.message.contains("s3cr3t") == false)
    }
  }

  @Test func tlsWhereThereIsNone() async throws {
    let double = try ProviderDouble("tineye")
    var configuration = TransportConfiguration()
    configuration.proxy = ""
    let transport = try CurlTransport(configuration: configuration)
    defer { transport.close() }
    do throws(TransportFailure) {
      let url = "https://localhost:\(double.port)/"
      _ = try await transport.send(TransportRequest(method: .get, url: url), timeouts: timeouts)
      Issue.record("a response came")
    } catch {
      #expect(error.code == .tlsFailed)
      #expect(error.message.contains("http://"), "\(error.message)")
    }
  }
}
