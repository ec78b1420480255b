import Glibc
import ImageSearch

/// Tests the service against its double: `swift run Parrot IMAGE`, which exits with 1 on a failure.
@main struct ParrotCheck {
  nonisolated(unsafe) private static var failures = 0

  static func main() async {
    guard CommandLine.arguments.count == 2 else { return print("Parrot IMAGE") }
    do { try await check(.file(CommandLine.arguments[1])) } catch { expect(false, "\(error)") }
    print(failures == 0 ? "Parrot: all is well" : "Parrot: \(failures) failed")
    exit(failures == 0 ? 0 : 1)
  }

  private static func check(_ image: ImageSource) async throws {
    let double = ParrotDouble()
    var configuration = ClientConfiguration()
    configuration.customTransport = double
    configuration.retry.baseDelay = .milliseconds(1)
    let parrot = try Parrot(key: "polly", configuration: configuration)
    let request = SearchRequest(image: image, limit: 20)

    var ids: [String] = []
    for try await match in parrot.matches(request) { ids.append(match.itemID ?? "") }
    expect(ids == (0..<45).map { "\($0)" } && double.charged == 3, "three pages hold 45 hits")
    expect(try await parrot.remainingSearches().remaining == 97, "the credit is what is left")

    double.answer((429, #"{"error": "slow_down", "message": "one at a time"}"#))
    let page = try await parrot.search(request)
    expect(page.matches.count == 20 && page.hasMore && double.charged == 4, "what Parrot refuses is asked for again")

    double.answer((503, "<html>gateway</html>"))
    let gateway = await failure { _ = try await parrot.search(request) }
    expect(
      gateway?.code == .serviceBusy && gateway?.mayHaveBeenCharged == true, "a gateway's 503 is not paid for twice")

    double.answer((500, #"{"error": "hiccup", "message": "polly and a cracker"}"#))
    let hiccup = await failure { _ = try await parrot.search(request) }
    expect(hiccup?.service == "Parrot" && hiccup?.mayHaveBeenCharged == true, "work that failed may have been charged")
    expect(hiccup.map { "\($0)".contains("polly") } == false, "no key is in an error")

    let sent = double.sent
    let text = await failure { _ = try await parrot.search(SearchRequest(image: .bytes(Array("no image".utf8)))) }
    expect(text?.code == .notAnImage && double.sent == sent, "what is no image costs nothing")
    let stranger = try Parrot(key: "someone", configuration: configuration)
    expect(await failure { _ = try await stranger.search(request) }?.code == .unauthorized, "a wrong key is told")
    parrot.close()
    expect(await failure { _ = try await parrot.search(request) }?.code == .closed, "a closed client says so")
  }

  private static func failure(_ call: () async throws -> Void) async -> ImageSearchError? {
    do { try await call() } catch { return error as? ImageSearchError }
    return nil
  }

  private static func expect(_ isTrue: Bool, _ what: String) {
    if isTrue { return }
    failures += 1
    print("Parrot: not so: \(what)")
  }
}
