import Dispatch
import ImageSearch
import Synchronization

/// Behind `imagesearch_queue`: operations that have ended, and a file descriptor that is readable while there are any.
final class QueueHandle: Handle, Sendable {
  struct Entry: Sendable {
    let operation: OperationHandle
    nonisolated(unsafe) let userData: UnsafeMutableRawPointer?
  }

  private struct State {
    var ended = Queue<Entry>()
    /// The user data of operations that have not ended.
    var userData: [ObjectIdentifier: UInt] = [:]
    var isClosed = false
  }

  /// Readable while an ended operation is queued; the socket then contains one byte.
  let descriptor: Int32
  private let otherEnd: Int32
  private let state = Mutex(State())
  /// Signalled once per operation.
  private let semaphore = DispatchSemaphore(value: 0)

  /// - Throws: ``ImageSearchError/Code/outOfMemory`` when there is no file descriptor left.
  init() throws {
    try ForkGuard.check()
    guard let (near, far) = Platform.socketPair() else {
      throw ImageSearchError(.outOfMemory, "the system gives no further file descriptor: \(Platform.lastError)")
    }
    (descriptor, otherEnd) = (near, far)
  }

  deinit {
    Platform.close(descriptor)
    Platform.close(otherEnd)
  }

  func add(_ operation: OperationHandle, _ userData: UnsafeMutableRawPointer?) throws {
    try ForkGuard.check()
    try state.withLock { state in
      guard state.userData[ObjectIdentifier(operation)] == nil else {
        throw ImageSearchError(.invalidArgument, "the operation is in the queue already")
      }
      state.userData[ObjectIdentifier(operation)] = UInt(bitPattern: userData)
    }
    do {
      try operation.deliver(to: self)
    } catch {
      state.withLock { _ = $0.userData.removeValue(forKey: ObjectIdentifier(operation)) }
      throw error
    }
  }

  /// Queues an operation that has ended.
  func push(_ operation: OperationHandle) {
    let isNew = state.withLock { state in
      guard !state.isClosed, let userData = state.userData.removeValue(forKey: ObjectIdentifier(operation)) else {
        return false
      }
      if state.ended.isEmpty { Platform.sendByte(otherEnd) }
      state.ended.append(Entry(operation: operation, userData: UnsafeMutableRawPointer(bitPattern: userData)))
      return true
    }
    if isNew { semaphore.signal() }
  }

  /// Removes an operation that is freed.
  func remove(_ operation: OperationHandle) {
    state.withLock { state in
      state.userData.removeValue(forKey: ObjectIdentifier(operation))
      state.ended.removeAll { $0.operation === operation }
      if state.ended.isEmpty { Platform.receiveByte(descriptor) }
    }
  }

  /// - Parameter seconds: negative for no limit.
  /// - Returns: `nil` when nothing ended in time.
  func next(seconds: Double) throws -> Entry? {
    try ForkGuard.check()
    let end =
      seconds < 0 || seconds > 1e9 ? nil : DispatchTime.now() + .nanoseconds(Int((seconds.isNaN ? 0 : seconds) * 1e9))
    while semaphore.wait(timeout: end ?? .distantFuture) == .success {
      let entry = state.withLock { state in
        let entry = state.ended.popFirst()
        if state.ended.isEmpty { Platform.receiveByte(descriptor) }
        return entry
      }
      // The signal may be of an operation that was freed meanwhile.
      if let entry { return entry }
    }
    return nil
  }

  /// Detaches the queue from operations that still refer to it.
  func free() {
    guard !ForkGuard.isChild else { return }
    state.withLock { state in
      state.isClosed = true
      state.ended = Queue()
      state.userData = [:]
    }
  }
}
