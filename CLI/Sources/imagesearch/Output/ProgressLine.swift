import Glibc
import Synchronization

/// Progress of a long operation: one line that is redrawn at a terminal, otherwise a line every ten seconds.
final class ProgressLine: Sendable {
  struct Step {
    var done: Int
    var total: Int?
    var failed = 0
    /// Per second.
    var rate: Double?
    var secondsLeft: Double?
    /// Further text, for instance what was paid so far.
    var also = ""
  }

  private let verb: String
  private let interval: Double
  private let last: Mutex<(time: Double, isFirst: Bool)>
  private let begun = ProgressLine.now

  /// - Parameter verb: the participle, for instance `indexed`.
  init(_ verb: String) {
    self.verb = verb
    interval = environment("IMAGESEARCH_PROGRESS_SECONDS").flatMap { Double($0) }.map { max(0, $0) } ?? 10
    last = Mutex((Self.now, true))
  }

  static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  func show(_ step: Step) {
    let console = Console.shared
    guard !console.isQuiet else { return }
    let now = Self.now
    let least = console.errorIsTerminal ? 0.1 : interval
    let isDue = last.withLock { last in
      // The end is reported after earlier lines; a short operation needs none.
      let isNews = last.isFirst ? console.errorIsTerminal : step.done == step.total
      guard now - last.time >= least || isNews else { return false }
      last = (now, false)
      return true
    }
    guard isDue else { return }
    let text = text(step)
    if console.errorIsTerminal { console.showProgress(text) } else { console.note(text) }
  }

  /// Erases the line.
  func finish() { Console.shared.showProgress("") }

  private func text(_ step: Step) -> String {
    var parts = [
      step.total.map { "\(grouped(step.done)) of \(grouped($0)) \(verb)" } ?? "\(grouped(step.done)) \(verb)"
    ]
    let rate = step.rate ?? (Self.now > begun + 1 ? Double(step.done) / (Self.now - begun) : nil)
    if let rate, rate > 0 {
      parts.append(rate >= 1 ? "\(fixed(rate, rate < 10 ? 1 : 0))/s" : "\(fixed(rate * 60, 1))/min")
      if let left = step.secondsLeft ?? step.total.map({ Double($0 - step.done) / rate }), left >= 1 {
        parts.append(durationText(left) + " left")
      }
    }
    if step.failed > 0 { parts.append("\(grouped(step.failed)) failed") }
    if !step.also.isEmpty { parts.append(step.also) }
    return parts.joined(separator: ", ")
  }
}
