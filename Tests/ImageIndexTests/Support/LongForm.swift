import FoundationEssentials

/// Tests that are worth more rounds than a usual run has time for: `scripts/durability.sh` runs them in their long form.
enum LongForm {
  /// Whether `LOCAL_INDEX_LONG` is set.
  static let isOn = ProcessInfo.processInfo.environment["LOCAL_INDEX_LONG"] != nil

  /// How many rounds: of the variable, if it is set, else of the form.
  static func rounds(_ variable: String, usual: Int, long: Int) -> Int {
    ProcessInfo.processInfo.environment[variable].flatMap { Int($0) } ?? (isOn ? long : usual)
  }

  /// Tells what a long run has measured; the usual one is silent.
  static func report(_ line: String) {
    if isOn { print("LONG " + line) }
  }
}
