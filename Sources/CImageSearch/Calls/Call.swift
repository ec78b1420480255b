import ImageSearch
import Synchronization

/// A call that was read from its C arguments and has not begun. Each is written once, and exported in a blocking and a
/// background form.
struct Call<Value: Sendable> {
  /// The thread of an operation's callbacks.
  let callbacks: CallbackThread
  let progress: ProgressNotifier?
  let body: @Sendable () async throws -> Value

  /// Returns the call with its result converted.
  func map<Other: Sendable>(_ transform: @escaping @Sendable (Value) throws -> Other) -> Call<Other> {
    Call<Other>(callbacks: callbacks, progress: progress) { [body] in try transform(try await body()) }
  }

  /// Makes the call on this thread, which also reports its progress: no other thread is needed.
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
      if progress?.notify() == false { task.cancel() }
    }
    executor.close()
    _ = progress?.notify()
    guard let result = end.result.withLock({ $0 }) else {
      throw ImageSearchError(.internalFailure, "the call ended without a result")
    }
    return try result.get()
  }

  /// The result or the error of a call.
  static func result(of body: @Sendable () async throws -> Value) async -> Result<Value, ImageSearchError> {
    do { return .success(try await body()) } catch { return .failure(ImageSearchError(reported: error)) }
  }
}

/// Receives the result of a call.
private final class CallEnd<Value: Sendable>: Sendable {
  let result = Mutex<Result<Value, ImageSearchError>?>(nil)
}
