import ImageSearch
import Synchronization
import Testing

/// An application's own transport and progress with the public interface only; `Benchmarks/Sources/ClientBench` does the
/// same from outside of the package.
@Suite struct CustomTransportTests {
  /// Answers from memory, in two steps of progress.
  private final class OwnTransport: HTTPTransport {
    private struct State {
      var urls: [String] = []
      var bodies: [[UInt8]] = []
      var closings = 0
    }

    private let state = Mutex(State())
    private let failures: Int

    init(failures: Int = 0) { self.failures = failures }

    var urls: [String] { state.withLock { $0.urls } }
    var bodies: [[UInt8]] { state.withLock { $0.bodies } }
    var closings: Int { state.withLock { $0.closings } }

    func send(_ request: TransportRequest, timeouts: AttemptTimeouts) async throws(TransportFailure)
      -> TransportResponse
    {
      let body = Self.read(request.body)
      let count = state.withLock { state in
        state.urls.append(request.url)
        state.bodies.append(body)
        return state.urls.count
      }
      for part in [body.count / 2, body.count, body.count + 1000] { request.progress?(TransferCount(sentBytes: part)) }
      if count <= failures {
        throw TransportFailure(.connectionFailed, "not today", requestMayHaveBeenSent: false)
      }
      request.progress?(TransferCount(sentBytes: body.count, receivedBytes: 63, bytesToReceive: 63))
      return TransportResponse(
        status: 200, headers: [("Content-Type", "application/json")],
        body: Array(#"{"stats":{},"code":200,"messages":[],"results":{"matches":[]}}"#.utf8))
    }

    func close() { state.withLock { $0.closings += 1 } }

    private static func read(_ body: (any TransportBody)?) -> [UInt8] {
      guard let body, let reader = try? body.makeReader() else { return [] }
      var bytes = [UInt8](repeating: 0, count: body.length)
      var filled = 0
      while filled < bytes.count {
        let count = bytes.withUnsafeMutableBytes { buffer in
          (try? reader.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))) ?? 0
        }
        if count == 0 { break }
        filled += count
      }
      return bytes
    }
  }

  private func client(_ transport: OwnTransport) throws -> TinEye {
    var configuration = ClientConfiguration()
    configuration.customTransport = transport
    configuration.retry.baseDelay = .seconds(0.001)
    return try TinEye(.apiKey("an-own-key"), configuration: configuration)
  }

  @Test func everyRequestGoesThroughIt() async throws {
    let transport = OwnTransport()
    let client = try client(transport)
    _ = try await client.search(SearchRequest(image: .url("https://example.org/a.jpg")))
    let image = SampleImage.all.first { $0.header.format == .jpeg }?.bytes ?? []
    _ = try await client.search(SearchRequest(image: .bytes(image)))
    #expect(transport.urls.count == 2)
    #expect(transport.urls[0].hasPrefix("https://api.tineye.com/rest/search/?"))
    #expect(transport.bodies[1].count > image.count)
    client.close()
    #expect(transport.closings >= 1)
    let error = await thrown { try await client.search(SearchRequest(image: .url("https://example.org/a.jpg"))) }
    #expect(error?.code == .closed)
    #expect(transport.urls.count == 2)
  }

  @Test func progressIsToldOfEveryAttempt() async throws {
    let transport = OwnTransport(failures: 1)
    let client = try client(transport)
    let seen = Mutex<[TransferProgress]>([])
    let image = SampleImage.all.first { $0.header.format == .jpeg }?.bytes ?? []
    let options = CallOptions { progress in seen.withLock { $0.append(progress) } }
    _ = try await client.search(SearchRequest(image: .bytes(image)), options: options)
    let told = seen.withLock { $0 }
    let length = try #require(transport.bodies.first?.count)
    #expect(Set(told.map(\.attempt)) == [1, 2])
    #expect(told.allSatisfy { $0.service == "TinEye" && $0.operation == "search" && $0.bytesToSend == length })
    #expect(told.allSatisfy { $0.sentBytes <= length })
    // The last count of an attempt is reported however soon it follows the first.
    #expect(told.last { $0.attempt == 1 }?.sentBytes == length)
    #expect(told.last { $0.attempt == 2 }?.receivedBytes == 63)
    #expect(told.last?.bytesToReceive == 63)
    // The first count at once, then nothing for a tenth of a second, then the last.
    #expect(told.count <= 4)
  }
}
