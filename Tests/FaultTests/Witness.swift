import ImageSearch
import Synchronization

/// Collects everything that a caller or a log could see.
final class Witness: Sendable {
  private let text = Mutex("")
  private let signed = Mutex<Set<String>>([])

  /// All of it.
  var everything: String { text.withLock { $0 } }

  /// Signatures and nonces that were sent.
  var signatures: Set<String> { signed.withLock { $0 } }

  func note(signatures: [String]) { signed.withLock { $0.formUnion(signatures) } }

  func note(_ error: ImageSearchError) {
    var words = "\(error)\n\(String(reflecting: error))\n"
    dump(error, to: &words)
    note(words)
  }

  func note(_ event: LogEvent) { note("\(event)\n\(event.line)\n") }

  func note(_ words: String) { text.withLock { $0 += words } }
}
