import ImageSearch
import Synchronization
import TestSupport
import Testing

/// Searching, cancelling and closing from many threads; `scripts/sanitize.sh thread ThreadTests` runs it under the thread sanitizer.
@Suite struct ThreadTests {
  private static let melon = SearchRequest(image: .url("https://tineye.com/images/meloncat.jpg"), limit: 1)

  @Test func sixtyFourTasksSearchCancelAndClose() async throws {
    let double = try ProviderDouble("tineye", settings: #"{"max_concurrent": 64}"#)
    let tally = Tally()
    for round in 0..<4 {
      var configuration = ClientConfiguration()
      configuration.limits = RequestLimits(concurrent: 16)
      configuration.totalTimeout = .seconds(30)
      configuration.logLevel = .debug
      configuration.logHandler = { _ in }
      let client = try TinEye(.apiKey("test-key"), baseURL: double.url + "/rest", configuration: configuration)
      await withTaskGroup(of: Void.self) { group in
        for number in 0..<64 {
          group.addTask {
            let search = Task { try await client.search(Self.melon) }
            if number % 3 == 1 {
              try? await Task.sleep(nanoseconds: UInt64(number) * 300_000)
              search.cancel()
            }
            // While calls are running, and more than once.
            if round > 0, number % 21 == 20 {
              try? await Task.sleep(nanoseconds: UInt64(round) * 8_000_000)
              client.close()
            }
            do {
              _ = try await search.value
              tally.add(nil)
            } catch {
              tally.add((error as? ImageSearchError)?.code ?? .internalFailure)
            }
          }
        }
      }
      client.close()
      // No call begins on a closed client.
      #expect(await thrownError { try await client.search(Self.melon) }?.code == .closed)
    }
    let seen = tally.seen
    #expect(Set(seen.keys).isSubset(of: [nil, .cancelled, .closed]), "\(seen)")
    #expect(seen.values.reduce(0, +) == 256)
    #expect((seen[nil] ?? 0) > 0)
  }

  /// The errors of the calls; `nil` for success.
  private final class Tally: Sendable {
    private let counts = Mutex<[ImageSearchError.Code?: Int]>([:])

    var seen: [ImageSearchError.Code?: Int] { counts.withLock { $0 } }

    func add(_ code: ImageSearchError.Code?) { counts.withLock { $0[code, default: 0] += 1 } }
  }
}
