import Synchronization

/// Cache of the converted paths that a client has paid for: an image is converted once for each endpoint it is used
/// with, and the path serves every page and every further search.
///
/// How long a path stays valid is not documented. Third parties say 24 hours, one measured 70 minutes; it is kept for
/// ``lifetime``, and removed earlier if a search with it fails.
final class TMAPIConversions: Sendable {
  struct Key: Hashable, Sendable {
    var url: String
    var endpoint: TMAPISearchRequest.Endpoint
  }

  private struct Entry {
    var path: String
    var expires: Double
  }

  private struct State {
    var entries: [Key: Entry] = [:]
    /// Running conversions; closed when they end, which wakes callers that wait for the same image.
    var running: [Key: CancellationToken] = [:]
  }

  private enum Claim {
    case known(String)
    case mine(CancellationToken)
    case running(CancellationToken)
  }

  /// How long a path is kept, in seconds.
  static let lifetime = 3600.0
  /// Maximum number of entries; the one that expires first is evicted.
  static let capacity = 512

  private let time: any TimeSource
  private let state = Mutex(State())

  init(time: any TimeSource) { self.time = time }

  /// Returns the path of an image: from the cache, or from `convert`, which runs once for all concurrent callers.
  ///
  /// - Parameter deadline: limits the wait for another caller's conversion.
  /// - Returns: the path, and whether this caller just converted, and paid for, it.
  /// - Throws: the errors of `convert`; ``ImageSearchError/Code/cancelled``,
  ///   ``ImageSearchError/Code/deadlineExceeded``.
  func path(for key: Key, deadline: Deadline, convert: () async throws -> String) async throws -> (
    path: String, isNew: Bool
  ) {
    while true {
      switch claim(key) {
      case .known(let path): return (path, false)
      case .mine(let signal):
        do {
          let path = try await convert()
          finish(key, signal, path)
          return (path, true)
        } catch {
          finish(key, signal, nil)
          throw error
        }
      case .running(let signal): try await wait(for: signal, deadline: deadline)
      }
    }
  }

  /// Removes a path with which a search failed: the next search converts the image again.
  func forget(_ key: Key) { state.withLock { _ = $0.entries.removeValue(forKey: key) } }

  private func claim(_ key: Key) -> Claim {
    state.withLock { state in
      if let entry = state.entries[key] {
        if entry.expires > time.now { return .known(entry.path) }
        state.entries[key] = nil
      }
      if let signal = state.running[key] { return .running(signal) }
      let signal = CancellationToken()
      state.running[key] = signal
      return .mine(signal)
    }
  }

  private func finish(_ key: Key, _ signal: CancellationToken, _ path: String?) {
    state.withLock { state in
      state.running[key] = nil
      guard let path else { return }
      if state.entries.count >= Self.capacity,
        let oldest = state.entries.min(by: { $0.value.expires < $1.value.expires })?.key
      {
        state.entries[oldest] = nil
      }
      state.entries[key] = Entry(path: path, expires: time.now + Self.lifetime)
    }
    signal.cancel()
  }

  private func wait(for signal: CancellationToken, deadline: Deadline) async throws {
    do {
      try await signal.sleep(deadline.remaining, time)
    } catch {
      guard !Task.isCancelled else { throw ImageSearchError(.cancelled, "the call was cancelled while it waited") }
      // Woken because the other conversion has ended, successfully or not.
      return
    }
    throw ImageSearchError(.deadlineExceeded, "the deadline comes before the image is converted")
  }
}
