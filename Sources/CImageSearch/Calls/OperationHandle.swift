import CImageSearchHeader
import Dispatch
import ImageSearch
import Synchronization

/// Behind `imagesearch_operation`: a call that runs in the background.
final class OperationHandle: Handle, Sendable {
  private struct State {
    var task: Task<Void, Never>?
    /// The result, in a box; see ``Box``.
    var value: Boxed?
    var failure: Box<ImageSearchError>?
    var isCancelled = false
    var isTaken = false
    /// Whether it was freed, after which no callback begins.
    var isFreed = false
    /// Whether its completion was delivered.
    var hasEnded = false
    var queue: QueueHandle?

    var isOver: Bool { value != nil || failure != nil }
  }

  let progress: ProgressNotifier?
  private let state = Mutex(State())
  private let ended = Completion()
  /// The thread of its callbacks; `nil` when it has none.
  private let callbacks: CallbackThread?
  private let completion: imagesearch_completion?
  private nonisolated(unsafe) let userData: UnsafeMutableRawPointer?

  init(_ call: Call<Boxed>, _ completion: imagesearch_completion?, _ userData: UnsafeMutableRawPointer?) {
    progress = call.progress
    callbacks = completion == nil && call.progress == nil ? nil : call.callbacks
    self.completion = completion
    self.userData = userData
  }

  /// - Throws: ``ImageSearchError/Code/outOfMemory`` when no thread can be created for the call or its callbacks.
  func start(_ call: Call<Boxed>) throws {
    let executor = try CallThreads.executor()
    try callbacks?.begin(self)
    // The task retains the operation until its end, so that the handle may be freed early.
    let task = Task(executorPreference: executor) { [self] in
      let result = await CurrentCall.$executor.withValue(executor) { await Call.result(of: call.body) }
      state.withLock { state in
        switch result {
        case .success(let value): state.value = value
        case .failure(let error): state.failure = Box(error)
        }
        state.task = nil
      }
      if let callbacks { callbacks.end(self) } else { tellEnd() }
    }
    state.withLock { state in
      if !state.isOver { state.task = task }
      if state.isCancelled { task.cancel() }
    }
  }

  func cancel() {
    state.withLock { state in
      state.isCancelled = true
      state.task?.cancel()
    }
  }

  /// Cancels the call. After this has returned no callback is called, and none runs except the one that this is called
  /// from.
  func free() {
    // In a forked child, locks may be held by threads that do not exist.
    guard !ForkGuard.isChild else { return }
    let queue = state.withLock { state in
      defer { state.queue = nil }
      state.isFreed = true
      return state.queue
    }
    cancel()
    queue?.remove(self)
    callbacks?.waitForCallbacks(of: self)
  }

  // MARK: - On the callback thread

  func tellProgress() {
    guard let progress, state.withLock({ !$0.isFreed && !$0.isOver }) else { return }
    if !progress.notify() { cancel() }
  }

  func tellEnd() {
    if let progress, state.withLock({ !$0.isFreed }) { _ = progress.notify() }
    if let completion, state.withLock({ !$0.isFreed }) { completion(borrowed(), userData) }
    let queue = state.withLock { state in
      state.hasEnded = true
      return state.queue
    }
    ended.finish()
    queue?.push(self)
  }

  // MARK: - Waiting

  /// - Parameter seconds: negative for no limit.
  /// - Returns: whether it has ended.
  /// - Throws: ``ImageSearchError/Code/invalidArgument`` in a callback that the completion would have to wait for.
  func wait(seconds: Double) throws -> Bool {
    try ForkGuard.check()
    if state.withLock({ $0.hasEnded }) { return true }
    if seconds == 0 { return false }
    guard let callbacks else { return ended.wait(seconds: seconds) }
    guard CallbackThread.Waits.begin(for: callbacks) else {
      throw ImageSearchError(
        .invalidArgument, "the operation's callbacks would have to wait for the one that waits for it")
    }
    defer { CallbackThread.Waits.end() }
    return ended.wait(seconds: seconds)
  }

  /// Has a queue deliver the operation once it has ended.
  func deliver(to queue: QueueHandle) throws {
    let hasEnded = try state.withLock { state in
      guard state.queue == nil else {
        throw ImageSearchError(.invalidArgument, "the operation is in a queue already")
      }
      state.queue = queue
      return state.hasEnded
    }
    if hasEnded { queue.push(self) }
  }

  // MARK: - The result

  /// Takes the result, once; a request for another type leaves it.
  func take<Taken: Sendable>(_ type: Taken.Type) throws -> Taken {
    // In a forked child, the lock may be held by a thread that does not exist.
    guard ForkGuard.isChild else { return try state.withLock { state in try take(&state, type) } }
    guard let taken = try state.withLockIfAvailable({ state in try take(&state, type) }) else {
      throw ImageSearchError(.closed, "this process was forked while the operation ended")
    }
    return taken
  }

  private func take<Taken: Sendable>(_ state: inout State, _ type: Taken.Type) throws -> Taken {
    if let failure = state.failure { throw failure.content }
    guard let value = state.value else { throw ImageSearchError(.invalidArgument, "the operation still runs") }
    guard let box = value as? Box<Taken> else {
      throw ImageSearchError(.invalidArgument, "the operation was a call of another kind")
    }
    guard !state.isTaken else {
      throw ImageSearchError(.invalidArgument, "the result of the operation was taken already")
    }
    state.isTaken = true
    return box.content
  }
}

/// The result of a call of any kind.
class Boxed: @unchecked Sendable {}

/// The result of a call of one kind. Not an enum of all kinds, whose cases the compiler would distinguish by
/// uninitialised bits, which memory checkers report.
final class Box<Content: Sendable>: Boxed, @unchecked Sendable {
  let content: Content
  init(_ content: Content) { self.content = content }
}

extension Call {
  /// Returns the call with its result in a box.
  func boxed() -> Call<Boxed> { map { Box($0) } }
}

/// Starts a call in the background; its arguments are read before this returns.
///
/// - Parameter read: reads the arguments and returns the call.
func start(
  _ error: HandleOut?, _ out: HandleOut?, _ completion: imagesearch_completion?,
  _ userData: UnsafeMutableRawPointer?, _ read: () throws -> Call<Boxed>
) -> imagesearch_status {
  boundary(error) {
    out?.pointee = nil
    guard let out else { throw ImageSearchError(.invalidArgument, "the out-parameter is NULL") }
    let call = try read()
    let operation = OperationHandle(call, completion, userData)
    // Set before it starts: the completion may run before this function returns, and may use the handle.
    out.pointee = operation.toC()
    do {
      try operation.start(call)
    } catch {
      out.pointee = nil
      OperationHandle.release(OpaquePointer(Unmanaged.passUnretained(operation).toOpaque()))
      throw error
    }
  }
}

/// A one-time event that threads wait for.
final class Completion: Sendable {
  private let semaphore = DispatchSemaphore(value: 0)

  func finish() { semaphore.signal() }

  /// - Parameter seconds: negative for no limit; NaN counts as 0.
  /// - Returns: whether it has happened.
  func wait(seconds: Double) -> Bool {
    let nanoseconds = seconds.isNaN ? 0 : min(seconds, 1e9) * 1e9
    let time = seconds < 0 ? DispatchTime.distantFuture : .now() + .nanoseconds(Int(nanoseconds))
    guard semaphore.wait(timeout: time) == .success else { return false }
    // Each thread that wakes wakes the next.
    semaphore.signal()
    return true
  }
}
