/// Asks now and then, while pixels are worked on, whether the work is still wanted: often enough that a call ends within a
/// fraction of 100 ms, seldom enough to cost nothing.
///
/// Belongs to one thread.
final class Pace {
  /// Pixels between two checks, some milliseconds of work.
  private static let stretch = 1 << 18

  private let check: () throws -> Void
  private var left = Pace.stretch
  /// What the check threw while a codec was running.
  private(set) var stop: (any Error)?

  init(_ check: @escaping () throws -> Void) { self.check = check }

  /// Says that `pixels` were worked on.
  ///
  /// - Throws: what the check throws.
  func spend(_ pixels: Int) throws {
    left -= pixels
    guard left <= 0 else { return }
    left = Pace.stretch
    try check()
  }

  /// Whether the work is to end, for a codec that cannot be left by throwing; ``stop`` then says why.
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
    /// The check as a codec calls it; only while the pace is alive.
    var asked: image_check {
      image_check(
        stops: { context in context.map { Unmanaged<Pace>.fromOpaque($0).takeUnretainedValue().stops() } ?? false },
        context: Unmanaged.passUnretained(self).toOpaque())
    }
  }
#endif
