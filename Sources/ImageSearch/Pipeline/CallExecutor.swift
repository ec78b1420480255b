/// Runs the asynchronous parts and the waits of a call on existing threads.
///
/// libdispatch creates Swift's thread pool and timers on demand; if the system then refuses a thread, a call would wait
/// for ever. The C interface has an executor of its own.
package protocol CallExecutor: TaskExecutor {
  /// Waits without blocking a thread.
  ///
  /// - Throws: `CancellationError` when the task is cancelled.
  func sleep(for time: Duration) async throws
}

package enum CurrentCall {
  /// The executor of the running call; `nil` in a Swift program, whose tasks run where it chooses. Must be passed to a
  /// task that is not a child of the call's task, which inherits this value but not the executor.
  @TaskLocal package static var executor: (any CallExecutor)?
}
