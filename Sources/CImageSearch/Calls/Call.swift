import ImageSearch
import Synchronization

/// A call that was read from its C arguments and has not begun: each is written once, and exported in a form that blocks and one that
/// runs in the background.
struct Call<Value: Sendable> {
  /// Where an operation's callbacks run.
  let callbacks: CallbackThread
  let progress: ProgressTeller?
  let body: @Sendable () async throws -> Value

  /// The same call with its result as something else.
  func map<Other: Sendable>(_ transform: @escaping @Sendable (Value) throws -> Other) -> Call<Other> {
    Call<Other>(callbacks: callbacks, progress: progress) { [body] in try transform(try await body()) }
  }

  /// Makes the call on this thread, which also tells its progress: no other thread is needed for it.
  func run() throws -> Value {
    let executor = CallLoop()
    let end = CallEnd<Value>()
    let task = Task(executorPreference: executor) { [body] in
      let result = await CurrentCall.$executor.withValue(executor) { await Self.result(of: body) }
      end.result.withLock { $0 = result }
      executor.wake()
    }
    executor.work(until: { end.result.withLock { $0 != nil } }, every: progress == nil ? nil : CallbackThread.interval)
    {
      if progress?.tell() == false { task.cancel() }
    }
    executor.close()
    _ = progress?.tell()
    guard let result = end.result.withLock({ $0 }) else {
      throw ImageSearchError(.internalFailure, "the call ended without a result")
    }
    return try result.get()
  }

  /// What a call gives or throws.
  static func result(of body: @Sendable () async throws -> Value) async -> Result<Value, ImageSearchError> {
    do { return .success(try await body()) } catch { return .failure(ImageSearchError(reported: error)) }
  }
}

/// Where a call leaves its result.
private final class CallEnd<Value: Sendable>: Sendable {
  let result = Mutex<Result<Value, ImageSearchError>?>(nil)
}
