import FoundationEssentials
import Synchronization

/// Responds from the files of a ``RecordingTransport`` and sends nothing.
final class ReplayTransport: HTTPTransport {
  private let exchanges: Mutex<[String: [RecordedExchange]]>
  private let folder: String

  /// - Throws: ``ImageSearchError/Code/fileNotReadable`` when the folder or a file cannot be read.
  init(folder: String, service: String) throws {
    self.folder = folder
    let prefix = RecordedFiles.prefix(service)
    var known: [String: [RecordedExchange]] = [:]
    do {
      let names = try FileManager.default.contentsOfDirectory(atPath: folder)
      for name in names.filter({ $0.hasPrefix(prefix) && $0.hasSuffix(".json") }).sorted() {
        let data = try Data(contentsOf: URL(filePath: folder + "/" + name))
        guard let exchange = try? JSONDecoder().decode(RecordedExchange.self, from: data) else {
          throw ImageSearchError(.fileNotReadable, "\(folder)/\(name) is not a recorded exchange")
        }
        known[exchange.request.key, default: []].append(exchange)
      }
    } catch let error as ImageSearchError {
      throw error
    } catch {
      throw ImageSearchError(.fileNotReadable, "cannot read the recorded exchanges in \(folder)")
    }
    exchanges = Mutex(known)
  }

  func send(_ request: TransportRequest, timeouts: AttemptTimeouts) async throws(TransportFailure) -> TransportResponse
  {
    let asked: RecordedExchange.Request
    do {
      // The client's key is not part of the comparison.
      asked = try ExchangeRedaction([]).request(request)
    } catch {
      let told = error as? ImageSearchError
      throw TransportFailure(
        told?.code ?? .fileNotReadable, told?.message ?? "the image cannot be read", requestMayHaveBeenSent: false)
    }
    let found = exchanges.withLock { known -> RecordedExchange? in
      guard let first = known[asked.key]?.first else { return nil }
      known[asked.key]?.removeFirst()
      return first
    }
    guard let found else {
      throw TransportFailure(
        .notFound,
        "no recorded exchange in \(folder) is left for \(asked.method) \(asked.url)"
          + (asked.bodyLength > 0 ? " with a body of \(asked.bodyLength) bytes" : ""),
        requestMayHaveBeenSent: false)
    }
    return try found.outcome()
  }

  func close() {}
}
