/// The time by which a call must end. It is made once, where the call begins, and passed unchanged to every wait within
/// it.
package struct Deadline: Sendable {
  /// On the time source's ``TimeSource/now``.
  package let end: Double
  private let time: any TimeSource

  private init(end: Double, _ time: any TimeSource) {
    self.end = end
    self.time = time
  }

  /// The deadline that is a timeout from now.
  package static func after(_ timeout: Duration, _ time: any TimeSource = SystemTime()) -> Deadline {
    Deadline(end: time.now + timeout.inSeconds, time)
  }

  /// No deadline at all.
  package static let never = Deadline(end: .infinity, SystemTime())

  package var isNever: Bool { end == .infinity }

  /// Whether the deadline has passed.
  package var hasPassed: Bool { end <= time.now }

  /// The time left: 0 when the deadline has passed, ten years when there is none.
  package var remaining: Duration { .seconds(min(max(end - time.now, 0), Duration.tenYears)) }

  /// Whether there will be time left after a wait.
  package func allows(_ wait: Duration) -> Bool { time.now + wait.inSeconds < end }

  /// - Throws: ``ImageSearchError/Code/deadlineExceeded`` when the deadline has passed.
  package func check() throws {
    if hasPassed { throw ImageSearchError(.deadlineExceeded, "the total timeout of the call has passed") }
  }
}

extension Duration {
  /// Ten years in seconds, the longest time that is accepted from outside.
  package static let tenYears: Double = 315_360_000

  /// Checks a number of seconds from outside: `Duration.seconds(_:)` traps on values that are not finite or too large.
  ///
  /// - Parameters:
  ///   - field: the name of the number in the message.
  ///   - range: what is allowed; no more than ten years.
  /// - Throws: ``ImageSearchError/Code/invalidArgument`` with the field and the limits.
  package init(checkedSeconds: Double, _ field: String, in range: ClosedRange<Double> = 0...Duration.tenYears) throws {
    try Validation.range("\(field) in seconds", checkedSeconds, range)
    self = .seconds(checkedSeconds)
  }

  /// The duration in seconds, for arithmetic with clocks and for the C interface.
  package var inSeconds: Double {
    let (seconds, attoseconds) = components
    return Double(seconds) + Double(attoseconds) / 1e18
  }
}
