import ArgumentParser
@_spi(Command) import ImageSearch

struct UndoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "undo",
    abstract: "Revert the actions of duplicates --apply.",
    discussion: """
      Moved files return to where they were; linked files become separate files again, with their previous mode, owner and times. Files that \
      have changed since are left as they are. Undo can be run again.

      imagesearch undo ~/.local/state/imagesearch/actions/2026-11-26.jsonl
      """)

  @Argument(help: ArgumentHelp("The journal that duplicates --apply named.", valueName: "journal"), completion: .file())
  var journal: String
  @OptionGroup var output: OutputOptions

  func run() async throws {
    output.begin()
    let path = FilePath(argument: journal)
    try existing(path)
    let undo = try ActionUndo(path)
    let entries = try undo.entries()
    Interruption.shared.hint { "the same command goes on from there" }
    var documents: [JSON] = []
    var counts = (done: 0, skipped: 0)
    if output.form == .csv { Console.shared.write(csvRow(["path", "outcome", "reason"])) }
    for entry in entries {
      try Task.checkCancellation()
      let name = displayable(entry.path.text)
      var (word, reason) = ("restored", "")
      switch try undo.undo(entry) {
      case .done: counts.done += 1
      case .nothing: word = "unchanged"
      case .skipped(let why):
        counts.skipped += 1
        (word, reason) = ("skipped", why)
        Console.shared.say("imagesearch: \(name) stays as it is: \(displayable(why))")
      }
      var members: [JSON.Member] = [.init("path", .text(entry.path.text)), .init("outcome", .text(word))]
      if !reason.isEmpty { members.append(.init("reason", .text(reason))) }
      switch output.form {
      case .table: if word == "restored" { Console.shared.write("restored  \(name)\n") }
      case .csv: Console.shared.write(csvRow([entry.path.text, word, reason]))
      case .jsonl: Console.shared.write(JSON.object(members).line + "\n")
      case .json: documents.append(.object(members))
      }
    }
    if output.form == .json {
      Console.shared.write(JSON.object([.init("command", "undo"), .init("files", .list(documents))]).document)
    }
    if entries.isEmpty { Console.shared.note("imagesearch: there is nothing to take back") }
    if counts.skipped > 0 { throw Ending(exit: .partly) }
    if counts.done == 0 { throw Ending(exit: .nothing) }
  }
}
