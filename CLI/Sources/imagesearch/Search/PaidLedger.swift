import Glibc
@_spi(Command) import ImageSearch

/// The cap on paid calls of all services together; a running search counts as its maximum cost.
actor PaidLedger {
  private let cap: Int
  private var made: Int
  private var reserved = 0
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(cap: Int, made: Int) {
    self.cap = cap
    self.made = made
  }

  /// Number of paid calls so far.
  var count: Int { made }

  /// Reserves calls, waiting for running searches that may return some.
  ///
  /// - Returns: whether enough were left.
  func reserve(_ calls: Int) async -> Bool {
    while made + reserved + calls > cap {
      guard reserved > 0, made + calls <= cap else { return false }
      await withCheckedContinuation { waiting.append($0) }
    }
    reserved += calls
    return true
  }

  /// Returns unused calls.
  func settle(_ calls: Int, used: Int) {
    reserved -= calls
    made += used
    for one in waiting { one.resume() }
    waiting = []
  }
}

/// Limits the rate of a service's requests. The library does so too, but a request that waits there is already in the
/// journal, and after a kill it would not be known that it was never sent.
actor Pace {
  private let limits: RequestLimits
  private var starts: [Double] = []
  private var active = 0
  private var queue: [CheckedContinuation<Void, Never>] = []

  init(_ limits: RequestLimits) { self.limits = limits }

  /// Waits for a turn, which ``leave()`` returns.
  func enter() async throws {
    while active >= limits.concurrent { await withCheckedContinuation { queue.append($0) } }
    active += 1
    do {
      while true {
        try Task.checkCancellation()
        let wait = wait()
        if wait <= 0 { break }
        try await CommandSupport.sleep(.seconds(wait))
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
    // A little longer than the window, because the library's own count begins a little later.
    for (count, window) in [(limits.perMinute, 60.05), (limits.perSecond, 1.02)] {
      guard let count, starts.count >= count else { continue }
      earliest = max(earliest, starts[starts.count - count] + window)
    }
    return earliest - now
  }
}

/// Keys that are being processed, for which others wait.
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
