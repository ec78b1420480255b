import Glibc

/// A value that threads wait for. Plain threads, which may block: Swift's own must not.
final class Completion<Value: Sendable>: Sendable {
  // Guarded by the mutex.
  private nonisolated(unsafe) var value: Value?
  private nonisolated(unsafe) let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private nonisolated(unsafe) let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init() {
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
    condition.initialize(to: pthread_cond_t())
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(condition, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  func finish(_ value: Value) {
    pthread_mutex_lock(mutex)
    self.value = value
    pthread_cond_broadcast(condition)
    pthread_mutex_unlock(mutex)
  }

  func wait() -> Value {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while true {
      if let value { return value }
      pthread_cond_wait(condition, mutex)
    }
  }

  /// - Parameter seconds: below 0 waits for ever.
  /// - Returns: the value; `nil` when it did not come in time.
  func wait(seconds: Double) -> Value? {
    if seconds < 0 { return wait() }
    var end = timespec()
    clock_gettime(CLOCK_MONOTONIC, &end)
    // NaN and a hundred years both end up in range.
    let wait = min(seconds.isNaN ? 0 : seconds, 3.2e9)
    let nanoseconds = end.tv_nsec + Int((wait - wait.rounded(.down)) * 1e9)
    end.tv_sec += Int(wait) + nanoseconds / 1_000_000_000
    end.tv_nsec = nanoseconds % 1_000_000_000
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while value == nil {
      if pthread_cond_timedwait(condition, mutex, &end) != 0 { break }
    }
    return value
  }
}

/// Runs an asynchronous call and blocks the calling thread until it has ended.
func block<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) throws -> Value {
  let completion = Completion<Result<Value, any Error>>()
  Task.detached {
    do { completion.finish(.success(try await body())) } catch { completion.finish(.failure(error)) }
  }
  return try completion.wait().get()
}
