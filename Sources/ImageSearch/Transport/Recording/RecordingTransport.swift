import FoundationEssentials
import Synchronization

/// Passes requests on and writes every exchange to a file, except those that the caller cancelled.
final class RecordingTransport: HTTPTransport {
  private let inner: any HTTPTransport
  private let folder: String
  private let service: String
  private let redaction: ExchangeRedaction
  private let isClosed = Atomic(false)

  /// - Throws: ``ImageSearchError/Code/fileNotReadable`` when the folder cannot be created.
  init(folder: String, service: String, secrets: [Secret], over inner: any HTTPTransport) throws {
    guard !folder.isEmpty, !folder.utf8.contains(0) else {
      throw ImageSearchError(.invalidArgument, "the folder for recorded exchanges has no name")
    }
    try RegularFile.makeFolder(folder)
    self.inner = inner
    self.folder = folder
    self.service = service
    redaction = ExchangeRedaction(secrets)
  }

  func send(_ request: TransportRequest, timeouts: AttemptTimeouts) async throws(TransportFailure) -> TransportResponse
  {
    var failure: TransportFailure?
    var response: TransportResponse?
    do throws(TransportFailure) {
      response = try await inner.send(request, timeouts: timeouts)
    } catch {
      failure = error
    }
    if let failure, failure.code == .cancelled || failure.code == .closed { throw failure }
    do {
      try write(
        RecordedExchange(
          request: redaction.request(request), response: response.map { redaction.response($0, to: request) },
          failure: failure.map { redaction.failure($0, of: request) }))
    } catch {
      let told = error as? ImageSearchError
      throw TransportFailure(
        told?.code ?? .internalFailure, told?.message ?? "the exchange cannot be written down",
        requestMayHaveBeenSent: true)
    }
    if let failure { throw failure }
    return response ?? TransportResponse(status: 0)
  }

  func close() {
    // The secrets are wiped next, and later redaction would miss them.
    isClosed.store(true, ordering: .sequentiallyConsistent)
    inner.close()
  }

  private func write(_ exchange: RecordedExchange) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let text = try encoder.encode(exchange)
    guard !isClosed.load(ordering: .sequentiallyConsistent) else { return }
    try RegularFile.write(Array(text) + [10], to: try reserve())
  }

  /// Reserves the next free name; clients and processes that record into one folder do not overwrite each other's
  /// files.
  private func reserve() throws -> String {
    for number in 1...999_999 {
      let digits = String(number)
      let path =
        "\(folder)/\(RecordedFiles.prefix(service))\(String(repeating: "0", count: 6 - digits.count))\(digits).json"
      if try RegularFile.create(path) { return path }
    }
    throw ImageSearchError(.fileNotReadable, "\(folder) is full of recorded exchanges")
  }
}

/// Names of the files.
enum RecordedFiles {
  /// Prefix of a service's files, which sort in the order in which they were written.
  static func prefix(_ service: String) -> String { "exchange-\(service)-" }
}
