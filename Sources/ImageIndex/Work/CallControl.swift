import ImageSearch
import Synchronization

/// The cancellation state and deadline of a call: checked between the steps of blocking work and by SQLite while it
/// works or waits; callers that wait for the work are notified at once.
final class CallControl: Sendable {
  private struct State {
    var interruption: ImageSearchError?
    var watchers: [Int: @Sendable (ImageSearchError) -> Void] = [:]
    var next = 0
  }

  /// The call's deadline; `nil` for none.
  let deadline: Deadline?
  private let state = Mutex(State())
  private let isInterrupted = Atomic<Bool>(false)

  init(deadline: Deadline? = nil) { self.deadline = deadline }

  func cancel() { interrupt(ImageSearchError.local(.cancelled, "The call was cancelled")) }

  /// Ends the call; the first reason counts.
  func interrupt(_ error: ImageSearchError) {
    let watchers = state.withLock { state -> [@Sendable (ImageSearchError) -> Void] in
      guard state.interruption == nil else { return [] }
      state.interruption = error
      isInterrupted.store(true, ordering: .releasing)
      defer { state.watchers = [:] }
      return Array(state.watchers.values)
    }
    for watcher in watchers { watcher(error) }
  }

  /// Calls `watcher` once when the call is interrupted.
  ///
  /// - Returns: for ``unwatch(_:)``; `nil` when it was interrupted already and `watcher` has been called.
  func watch(_ watcher: @escaping @Sendable (ImageSearchError) -> Void) -> Int? {
    let (number, error) = state.withLock { state -> (Int?, ImageSearchError?) in
      if let error = state.interruption { return (nil, error) }
      state.next += 1
      state.watchers[state.next] = watcher
      return (state.next, nil)
    }
    if let error { watcher(error) }
    return number
  }

  func unwatch(_ number: Int) { state.withLock { _ = $0.watchers.removeValue(forKey: number) } }

  /// What ends the call now; `nil` when it may go on.
  var interruption: ImageSearchError? {
    if isInterrupted.load(ordering: .acquiring) { return state.withLock { $0.interruption } }
    if let deadline, deadline.hasPassed {
      interrupt(Self.late)
      return state.withLock { $0.interruption }
    }
    return nil
  }

  /// - Throws: ``ImageSearchError/Code/cancelled`` or ``ImageSearchError/Code/deadlineExceeded``.
  func check() throws {
    if let interruption { throw interruption }
  }

  fileprivate static let late = ImageSearchError.local(.deadlineExceeded, "The call took longer than its total timeout")
}

/// Interrupts calls at their deadline, even while the code they wait for cannot check it.
final class DeadlineAlarm: @unchecked Sendable {
  private struct Entry {
    weak var control: CallControl?
    let deadline: Deadline
  }

  private let gate = Gate()
  // Guarded by `gate`.
  private var entries: [Entry] = []
  private var closed = false

  /// - Throws: ``ImageSearchError/Code/outOfMemory`` when no thread can be created.
  init() throws {
    do {
      try SystemThread.start(name: "index-alarm") { self.work() }
    } catch {
      throw ImageSearchError.local(.outOfMemory, error.message)
    }
  }

  func add(_ control: CallControl) {
    guard let deadline = control.deadline, !deadline.isNever else { return }
    gate.with {
      entries.append(Entry(control: control, deadline: deadline))
      gate.signalAll()
    }
  }

  func close() {
    gate.with {
      closed = true
      gate.signalAll()
    }
  }

  private func work() {
    while let late = next() {
      for control in late { control.interrupt(CallControl.late) }
    }
  }

  /// Waits for the next deadlines that have passed; `nil` when there will be none.
  private func next() -> [CallControl]? {
    gate.with {
      while !closed {
        entries.removeAll { $0.control == nil }
        let late = entries.filter(\.deadline.hasPassed)
        if !late.isEmpty {
          entries.removeAll { $0.deadline.hasPassed }
          return late.compactMap(\.control)
        }
        // Waking a millisecond late is harmless; after waking early the loop waits again.
        if let wait = entries.map(\.deadline.remaining).min() {
          gate.wait(min(wait, .seconds(3600)))
        } else {
          gate.wait()
        }
      }
      return nil
    }
  }
}
