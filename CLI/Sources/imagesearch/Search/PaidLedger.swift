import Glibc
@_spi(Command) import ImageSearch

/// Paid calls of all services together, held to one cap: what is under way counts as the most that it may cost.
actor PaidLedger {
  private let cap: Int
  private var made: Int
  private var reserved = 0
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(cap: Int, made: Int) {
    self.cap = cap
    self.made = made
  }

  /// Paid calls so far.
  var count: Int { made }

  /// Takes from what is left, waiting for others that may leave something.
  ///
  /// - Returns: whether there was enough.
  func reserve(_ calls: Int) async -> Bool {
    while made + reserved + calls > cap {
      guard reserved > 0, made + calls <= cap else { return false }
      await withCheckedContinuation { waiting.append($0) }
    }
    reserved += calls
    return true
  }

  /// Gives back what was not used.
  func settle(_ calls: Int, used: Int) {
    reserved -= calls
    made += used
    for one in waiting { one.resume() }
    waiting = []
  }
}

/// Lets a service's requests begin as slowly as it takes them. The library waits too; but a request that waits there is already in the
/// journal, and after a kill nobody could tell that it never left.
actor Pace {
  private let limits: RequestLimits
  private var starts: [Double] = []
  private var active = 0
  private var queue: [CheckedContinuation<Void, Never>] = []

  init(_ limits: RequestLimits) { self.limits = limits }

  /// Waits for a turn; give it back with ``leave()``.
  func enter() async throws {
    while active >= limits.concurrent { await withCheckedContinuation { queue.append($0) } }
    active += 1
    do {
      while true {
        try Task.checkCancellation()
        let wait = wait()
        if wait <= 0 { break }
        try await Task.sleep(for: .seconds(wait))
      }
    } catch {
      leave()
      throw ImageSearchError(.cancelled, "the search was cancelled before it was sent")
    }
    starts.append(ProgressLine.now)
  }

  func leave() {
    active -= 1
    if !queue.isEmpty { queue.removeFirst().resume() }
  }

  private func wait() -> Double {
    let now = ProgressLine.now
    let old = starts.firstIndex { $0 >= now - 61 } ?? starts.count
    if old > 256 || old == starts.count { starts.removeFirst(old) }
    var earliest = now
    // A little longer than the window, for the library's own count begins a little later than this one.
    for (count, window) in [(limits.perMinute, 60.05), (limits.perSecond, 1.02)] {
      guard let count, starts.count >= count else { continue }
      earliest = max(earliest, starts[starts.count - count] + window)
    }
    return earliest - now
  }
}

/// Keys that somebody is at work on; others wait for them.
actor Claims {
  private var held: [String: [CheckedContinuation<Void, Never>]] = [:]

  func take(_ key: String) async {
    while held[key] != nil { await withCheckedContinuation { held[key]?.append($0) } }
    held[key] = []
  }

  func drop(_ key: String) {
    for waiting in held.removeValue(forKey: key) ?? [] { waiting.resume() }
  }
}
