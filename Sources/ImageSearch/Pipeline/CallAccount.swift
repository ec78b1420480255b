import Synchronization

/// What a call has cost so far, whatever it consists of: a conversion before its search, the pages of a search, a second service.
/// It travels with the options of the call, so that the error of any part says what was charged for all of it.
package final class CallAccount: Sendable {
  private struct State {
    var mayHaveBeenCharged = false
    var waited = Duration.zero
  }

  private let state = Mutex(State())

  package init() {}

  /// Whether anything was charged on behalf of the call, or may have been.
  package var mayHaveBeenCharged: Bool { state.withLock { $0.mayHaveBeenCharged } }

  package func charge() { state.withLock { $0.mayHaveBeenCharged = true } }

  /// How long the call has waited for its turn: for a place and for the rate.
  package var waited: Duration { state.withLock { $0.waited } }

  func wait(_ time: Duration) { state.withLock { $0.waited += time } }
}

/// A cap on paid calls: that of a client's life, or that of a batch.
package final class PaidCallCap: Sendable {
  private let limit: Int?
  private let owner: String
  private let made = Mutex(0)

  /// - Parameters:
  ///   - limit: `nil` only counts.
  ///   - owner: whose it is, for the message.
  package init(_ limit: Int?, of owner: String) {
    self.limit = limit
    self.owner = owner
  }

  /// Paid calls that were made or may have been.
  package var count: Int { made.withLock { $0 } }

  /// - Throws: ``ImageSearchError/Code/spendingCapReached``.
  package func reserve() throws {
    try made.withLock { made in
      if let limit, made >= limit {
        throw ImageSearchError(
          .spendingCapReached, "the \(owner)'s cap of \(limit) paid calls is reached; nothing was sent")
      }
      made += 1
    }
  }

  /// The call was certainly not counted.
  package func giveBack() { made.withLock { $0 -= 1 } }
}
