/// How far a batch has come.
public struct BatchProgress: Sendable, Hashable {
  /// Images that are done, failed and unchanged ones among them.
  public var done: Int
  /// Images in all.
  public var total: Int
  /// Images that failed.
  public var failed: Int
  /// Images a second, over the last half minute.
  public var perSecond: Double
  /// How long the rest will take at that rate, in seconds; `nil` before anything is done.
  public var secondsLeft: Double?
}

/// Called after every transaction of a batch, on any thread, one call at a time.
public typealias BatchProgressHandler = @Sendable (BatchProgress) -> Void

/// Measures progress over the last half minute.
struct BatchMeter {
  private var marks: [(time: ContinuousClock.Instant, done: Int)]
  var total: Int
  private var failed = 0

  init(total: Int) {
    self.total = total
    marks = [(.now, 0)]
  }

  mutating func advance(to done: Int, failed more: Int) -> BatchProgress {
    let now = ContinuousClock.now
    failed += more
    marks.append((now, done))
    while marks.count > 2, now - marks[1].time > .seconds(30) { marks.removeFirst() }
    let span = (now - marks[0].time) / .seconds(1)
    let rate = span > 0 ? Double(done - marks[0].done) / span : 0
    return BatchProgress(
      done: done, total: total, failed: failed, perSecond: rate,
      secondsLeft: rate > 0 ? Double(total - done) / rate : nil)
  }
}
