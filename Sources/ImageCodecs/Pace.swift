/// Checks at intervals, while pixels are processed, whether the work should continue: often enough that a call ends
/// within a fraction of 100 ms, rarely enough to be free.
///
/// Not thread-safe.
final class Pace {
  /// Number of pixels between two checks, some milliseconds of work.
  private static let stretch = 1 << 18

  private let check: () throws -> Void
  private var left = Pace.stretch
  /// The error that the check threw while a codec was running.
  private(set) var stop: (any Error)?

  init(_ check: @escaping () throws -> Void) { self.check = check }

  /// Accounts for `pixels` that were processed.
  ///
  /// - Throws: the errors of the check.
  func spend(_ pixels: Int) throws {
    left -= pixels
    guard left <= 0 else { return }
    left = Pace.stretch
    try check()
  }

  /// Whether the work must end, for a codec that cannot be left by throwing; ``stop`` is then the error.
  func stops() -> Bool {
    do {
      try check()
      return false
    } catch {
      stop = error
      return true
    }
  }
}

#if LocalIndex
  import CImageCodecs

  extension Pace {
    /// The check in the form that a codec calls; valid only while the pace exists.
    var asked: image_check {
      image_check(
        stops: { context in context.map { Unmanaged<Pace>.fromOpaque($0).takeUnretainedValue().stops() } ?? false },
        context: Unmanaged.passUnretained(self).toOpaque())
    }
  }
#endif
