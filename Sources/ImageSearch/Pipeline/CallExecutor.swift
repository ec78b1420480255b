/// Runs the asynchronous parts and the waits of a call on threads that are there already.
///
/// Swift's pool and its timers are made by libdispatch when they are needed; where the system gives no thread by then, a call would
/// wait for ever. The C interface brings an executor of its own.
package protocol CallExecutor: TaskExecutor {
  /// Waits without holding a thread.
  ///
  /// - Throws: `CancellationError` when the task is cancelled.
  func sleep(for time: Duration) async throws
}

package enum CurrentCall {
  /// The executor of the running call; `nil` in a Swift program, whose tasks run where it wants. A task that is not a child of the
  /// call's has to be given it: it inherits this value, but not the executor.
  @TaskLocal package static var executor: (any CallExecutor)?
}
