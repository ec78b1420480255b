import Dispatch
import Glibc
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
    /// What was added with the operations that have not ended, by their identity.
    var userData: [ObjectIdentifier: UInt] = [:]
    var isClosed = false
  }

  /// Readable while an operation waits; one byte is in the socket then.
  let descriptor: Int32
  private let otherEnd: Int32
  private let state = Mutex(State())
  /// Signalled once an operation.
  private let semaphore = DispatchSemaphore(value: 0)

  /// - Throws: ``ImageSearchError/Code/outOfMemory`` when the system gives no descriptor.
  init() throws {
    try ForkGuard.check()
    guard let (near, far) = Platform.socketPair() else {
      throw ImageSearchError(
        .outOfMemory, "the system gives no further file descriptor: \(String(cString: strerror(errno)))")
    }
    (descriptor, otherEnd) = (near, far)
  }

  deinit {
    close(descriptor)
    close(otherEnd)
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

  /// An operation has ended.
  func push(_ operation: OperationHandle) {
    let isNew = state.withLock { state in
      guard !state.isClosed, let userData = state.userData.removeValue(forKey: ObjectIdentifier(operation)) else {
        return false
      }
      if state.ended.isEmpty {
        var byte: UInt8 = 1
        send(otherEnd, &byte, 1, 0)
      }
      state.ended.append(Entry(operation: operation, userData: UnsafeMutableRawPointer(bitPattern: userData)))
      return true
    }
    if isNew { semaphore.signal() }
  }

  /// An operation is freed.
  func remove(_ operation: OperationHandle) {
    state.withLock { state in
      state.userData.removeValue(forKey: ObjectIdentifier(operation))
      state.ended.removeAll { $0.operation === operation }
      if state.ended.isEmpty { drain() }
    }
  }

  /// - Parameter seconds: below 0 waits for ever.
  /// - Returns: `nil` when nothing ended in time.
  func next(seconds: Double) throws -> Entry? {
    try ForkGuard.check()
    let end =
      seconds < 0 || seconds > 1e9 ? nil : DispatchTime.now() + .nanoseconds(Int((seconds.isNaN ? 0 : seconds) * 1e9))
    while semaphore.wait(timeout: end ?? .distantFuture) == .success {
      let entry = state.withLock { state in
        let entry = state.ended.popFirst()
        if state.ended.isEmpty { drain() }
        return entry
      }
      // There is none for the signal of an operation that was freed meanwhile.
      if let entry { return entry }
    }
    return nil
  }

  /// The queue is freed while operations still know it.
  func free() {
    guard !ForkGuard.isChild else { return }
    state.withLock { state in
      state.isClosed = true
      state.ended = Queue()
      state.userData = [:]
    }
  }

  /// Called under the lock.
  private func drain() {
    var byte: UInt8 = 0
    recv(descriptor, &byte, 1, 0)
  }
}
