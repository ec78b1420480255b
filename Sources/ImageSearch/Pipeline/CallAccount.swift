import Synchronization

/// What a call has been charged so far, for all its parts: a conversion before its search, the pages of a search, a
/// second service. It is passed along with the call's options, so that the error of any part says what was charged for
/// the whole.
package final class CallAccount: Sendable {
  private struct State {
    var mayHaveBeenCharged = false
    var waited = Duration.zero
  }

  private let state = Mutex(State())

  package init() {}

  /// Whether anything was or may have been charged for the call.
  package var mayHaveBeenCharged: Bool { state.withLock { $0.mayHaveBeenCharged } }

  package func charge() { state.withLock { $0.mayHaveBeenCharged = true } }

  /// How long the call has waited for the limits on concurrency and rate.
  package var waited: Duration { state.withLock { $0.waited } }

  func wait(_ time: Duration) { state.withLock { $0.waited += time } }
}

/// A cap on paid calls, of a client or of a batch.
package final class PaidCallCap: Sendable {
  private let limit: Int?
  private let owner: String
  private let made = Mutex(0)

  /// - Parameters:
  ///   - limit: `nil` only counts.
  ///   - owner: what it belongs to, for the message.
  package init(_ limit: Int?, of owner: String) {
    self.limit = limit
    self.owner = owner
  }

  /// Number of paid calls that were or may have been charged.
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

  /// Takes back a reservation: the call was certainly not charged.
  package func refund() { made.withLock { $0 -= 1 } }
}

/// One attempt of a paid call, from just before it until it is known what it costs.
final class Payment {
  enum State {
    /// Certainly free: it was not sent, or it was refused before any work.
    case notSent
    /// The provider refused the request itself: not charged, but it counts against a cap.
    case refused
    /// It was or may have been charged.
    case charged
  }

  var state = State.notSent
  private let caps: [PaidCallCap]
  private let account: CallAccount?

  /// - Throws: ``ImageSearchError/Code/spendingCapReached``.
  init(caps: [PaidCallCap?], _ account: CallAccount?) throws {
    self.account = account
    var reserved: [PaidCallCap] = []
    do {
      for case let cap? in caps {
        try cap.reserve()
        reserved.append(cap)
      }
    } catch {
      for cap in reserved { cap.refund() }
      throw error
    }
    self.caps = reserved
  }

  func settle() {
    switch state {
    case .notSent: for cap in caps { cap.refund() }
    case .refused: break
    case .charged: account?.charge()
    }
  }
}
