/// Clock and sleep, injected so that tests of waits take no time.
package protocol TimeSource: Sendable {
  /// Seconds on a monotonic clock.
  var now: Double { get }
  /// Seconds since 1970-01-01 00:00 UTC.
  var unixTime: Double { get }
  /// Waits; ends early with `CancellationError` when the task is cancelled.
  func sleep(_ time: Duration) async throws
}

/// The clocks of this machine.
package struct SystemTime: TimeSource {
  package init() {}

  package var now: Double { Platform.monotonicTime }
  package var unixTime: Double { Platform.unixTime }

  package func sleep(_ time: Duration) async throws {
    let time = min(time, .seconds(Duration.tenYears))
    if let executor = CurrentCall.executor { return try await executor.sleep(for: time) }
    try await Task.sleep(for: time)
  }
}
