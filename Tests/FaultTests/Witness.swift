import ImageSearch
import Synchronization

/// Collects everything that is visible to a caller or in a log.
final class Witness: Sendable {
  private let text = Mutex("")
  private let signed = Mutex<Set<String>>([])

  /// All collected text.
  var everything: String { text.withLock { $0 } }

  /// The signatures and nonces that were sent.
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
