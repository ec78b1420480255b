import ArgumentParser

/// The output format.
enum OutputForm: Sendable {
  case table, json, jsonl, csv
}

struct OutputOptions: ParsableArguments {
  @Flag(name: .customLong("json"), help: "Write one JSON document.")
  var json = false
  @Flag(name: .customLong("jsonl"), help: "Write one JSON object per line, as results arrive.")
  var jsonl = false
  @Flag(name: .customLong("csv"), help: "Write CSV.")
  var csv = false
  @Flag(name: [.customShort("q"), .long], help: "No progress and no notes; errors are still shown.")
  var quiet = false

  var form: OutputForm { json ? .json : jsonl ? .jsonl : csv ? .csv : .table }

  func validate() throws {
    guard [json, jsonl, csv].count(where: { $0 }) <= 1 else {
      throw ValidationError("--json, --jsonl and --csv exclude each other.")
    }
  }

  /// Must be called before anything is written.
  func begin() { Console.shared.setQuiet(quiet) }
}

struct IndexOption: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "The index (default: IMAGESEARCH_INDEX, or the one in the user's data folder).", valueName: "folder"))
  var index: String?
}

struct KeyOption: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Read keys from a command's output; it has the service in IMAGESEARCH_SERVICE.", valueName: "command"))
  var keyCommand: String?
}
