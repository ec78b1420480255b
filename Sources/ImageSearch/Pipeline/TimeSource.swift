import Glibc
// If the Swift runtime is linked statically, the compiler finds `timespec` in this module first.
import SwiftOverlayShims

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

  package var now: Double { Self.read(CLOCK_MONOTONIC) }
  package var unixTime: Double { Self.read(CLOCK_REALTIME) }

  package func sleep(_ time: Duration) async throws {
    let time = min(time, .seconds(Duration.tenYears))
    if let executor = CurrentCall.executor { return try await executor.sleep(for: time) }
    try await Task.sleep(for: time)
  }

  private static func read(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
