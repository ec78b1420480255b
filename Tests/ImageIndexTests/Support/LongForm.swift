import FoundationEssentials

/// Tests that have more rounds in their long form, which `scripts/durability.sh` runs.
enum LongForm {
  /// Whether `LOCAL_INDEX_LONG` is set.
  static let isOn = ProcessInfo.processInfo.environment["LOCAL_INDEX_LONG"] != nil

  /// The number of rounds: from the variable, if it is set, otherwise of the form.
  static func rounds(_ variable: String, usual: Int, long: Int) -> Int {
    ProcessInfo.processInfo.environment[variable].flatMap { Int($0) } ?? (isOn ? long : usual)
  }

  /// Prints a measurement of a long run; a usual run prints nothing.
  static func report(_ line: String) {
    if isOn { print("LONG " + line) }
  }
}
