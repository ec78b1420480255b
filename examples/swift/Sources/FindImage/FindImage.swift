import Glibc
import ImageIndex
import ImageSearch

/// Finds where an image comes from.
///
///     swift run FindImage INDEX add FILE...      adds images to the index, a directory
///     swift run FindImage INDEX search FILE...   searches there and, with TINEYE_API_KEY set, in TinEye
///     swift run FindImage INDEX remaining        prints the number of TinEye searches left
///
/// With TINEYE_API_URL, it searches on your own server (docs/server.md) instead of TinEye.
@main struct FindImage {
  static func main() async {
    do { try await run() } catch {
      // An error thrown by `main` would end the program with a trap.
      var line = "FindImage: \(error)\n"
      line.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
      exit(1)
    }
  }

  static func run() async throws {
    let arguments = CommandLine.arguments
    guard arguments.count >= 3 else { return print("FindImage INDEX add FILE... | search FILE... | remaining") }
    let index = try LocalIndex(path: arguments[1])
    let url = getenv("TINEYE_API_URL").map { String(cString: $0) } ?? TinEye.defaultBaseURL
    let tinEye = try getenv("TINEYE_API_KEY").map { try TinEye(.apiKey(String(cString: $0)), baseURL: url) }
    switch arguments[2] {
    case "add":
      let items = arguments.dropFirst(3).map { file in
        ImageItem(itemID: file, images: [.init(name: "image", source: .file(file))])
      }
      for entry in try await index.addImages(items).entries { print(entry.itemID, entry.outcome, separator: "\t") }
    case "search":
      for file in arguments.dropFirst(3) {
        try await search(index, file)
        if let tinEye { try await search(tinEye, file) }
      }
    default:
      if let tinEye { print(try await tinEye.remainingSearches().remaining ?? 0) }
    }
  }

  static func search(_ service: some SearchService, _ file: String) async throws {
    let page = try await service.search(SearchRequest(image: .file(file), limit: 3))
    for match in page.matches {
      print(service.name, file, match.itemID ?? match.pageURL ?? "-", match.score ?? 0, separator: "\t")
    }
    if page.matches.isEmpty { print(service.name, file, "no match", separator: "\t") }
  }
}
