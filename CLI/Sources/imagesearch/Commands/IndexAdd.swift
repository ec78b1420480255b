import ArgumentParser
@_spi(Command) import ImageIndex
@_spi(Command) import ImageSearch

struct IndexAdd: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Add images: files, and folders with their subfolders.",
    usage: "imagesearch index add FOLDER|FILE … [--prune] [options]",
    discussion: """
      Unchanged images are skipped, so that the same command updates an index, and continues where it was interrupted.

      imagesearch index add ~/Photos
      imagesearch index add ~/Photos --prune --index /srv/photos.index
      """)

  @Argument(help: ArgumentHelp("Folders and files.", valueName: "path"), completion: .file())
  var paths: [String] = []
  @Flag(help: "Remove images of the folders whose files are gone.")
  var prune = false
  @Option(help: ArgumentHelp("The category of the images.", valueName: "name"))
  var category: String?
  @OptionGroup var index: IndexOption
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if paths.isEmpty { throw ValidationError("Name a folder or a file.") }
  }

  func run() async throws {
    output.begin()
    let opening = ServiceOpening(try Settings(), keyCommand: nil)
    // All arguments are checked before anything is done.
    let named = try paths.map { path in (path: FilePath(argument: path), status: try existing(FilePath(argument: path)))
    }
    let index = try opening.openIndex(index.index, writes: true)
    defer { index.close() }
    Interruption.shared.hint { "what was added stays; the same command goes on from there" }
    var report = AddReport()
    let folders = named.filter { $0.status.kind == .folder }.map { IndexFolder($0.path) }
    for folder in folders {
      let added = try await folder.add(to: index, category: category)
      report.entries += added.entries
      report.skippedCount += added.skippedCount
    }
    report.entries += try await add(named.filter { $0.status.kind != .folder }.map(\.path), to: index).entries
    var forgotten: [LocalIndex.Image] = []
    if prune {
      for folder in folders {
        let pruned = try await index.prune(pathBytes: folder.path.bytes, apply: true)
        forgotten += pruned.gone
        for unknown in pruned.unknown {
          Console.shared.say("imagesearch: \(displayable(unknown.image.itemID)) stays: \(displayable(unknown.reason))")
        }
      }
    }
    try AddOutput(command: "index add", form: output.form, path: index.path).write(report, forgotten: forgotten)
  }

  private func add(_ files: [FilePath], to index: LocalIndex) async throws -> AddReport {
    guard !files.isEmpty else { return AddReport() }
    let items = files.map { file in
      let path = (file.absolute.parent.resolved ?? file.absolute.parent).appending(file.absolute.name)
      return ImageItem(
        itemID: path.text, images: [.init(name: path.name.text, source: .file(pathBytes: path.bytes))],
        category: category)
    }
    return try await withProgress("indexed") { try await index.addBatch(items, progress: $0) }
  }
}

/// A folder whose images are items with their paths as identifiers, so that two folders never replace each other's images.
struct IndexFolder {
  let path: FilePath

  init(_ path: FilePath) { self.path = path.resolved ?? path.absolute }

  func add(to index: LocalIndex, category: String?) async throws -> AddReport {
    var batch = LocalIndex.BatchOptions()
    batch.prefix = path.appending("").text
    batch.category = category
    let options = batch
    return try await withProgress("indexed") {
      try await index.addFolder(pathBytes: path.bytes, batch: options, progress: $0)
    }
  }
}

/// Runs an operation with progress.
func withProgress<Result>(
  _ verb: String, _ body: (@escaping LocalIndex.BatchProgressHandler) async throws -> Result
) async throws -> Result {
  let line = ProgressLine(verb)
  defer { line.finish() }
  return try await body { progress in
    line.show(
      .init(
        done: progress.done, total: progress.total, failed: progress.failed, rate: progress.perSecond,
        secondsLeft: progress.secondsLeft))
  }
}

/// Writes the outcome of adding, rebuilding or copying images.
struct AddOutput {
  let command: String
  let form: OutputForm
  let path: String

  /// - Throws: the ending of the command.
  func write(
    _ report: AddReport, forgotten: [LocalIndex.Image] = [],
    words: (added: String, replaced: String) = ("added", "replaced")
  ) throws {
    var counts = (added: 0, replaced: 0, unchanged: 0)
    for entry in report.entries {
      switch entry.outcome {
      case .added: counts.added += 1
      case .replaced: counts.replaced += 1
      case .unchanged: counts.unchanged += 1
      case .failed(let error): Console.shared.say("imagesearch: \(complaint(Self.name(entry), error))")
      }
      if let warning = entry.warning {
        Console.shared.note("imagesearch: \(Self.name(entry)): \(displayable(warning))")
      }
    }
    switch form {
    case .table:
      var parts = ["\(grouped(counts.added)) \(words.added)"]
      if counts.replaced > 0 { parts.append("\(grouped(counts.replaced)) \(words.replaced)") }
      if counts.unchanged > 0 { parts.append("\(grouped(counts.unchanged)) unchanged") }
      if report.failedCount > 0 { parts.append("\(grouped(report.failedCount)) failed") }
      if !forgotten.isEmpty { parts.append("\(grouped(forgotten.count)) forgotten") }
      if report.skippedCount > 0 { parts.append("\(grouped(report.skippedCount)) skipped, no images") }
      Console.shared.write("\(displayable(path)): \(parts.joined(separator: ", "))\n")
    case .json:
      Console.shared.write(
        JSON.object([
          .init("command", .text(command)), .init("version", .text(LibraryVersion.text)), .init("index", .text(path)),
          .init("added", JSON(counts.added)), .init("replaced", JSON(counts.replaced)),
          .init("unchanged", JSON(counts.unchanged)),
          .init("failed", JSON(report.failedCount)), .init("skipped", JSON(report.skippedCount)),
          .init("forgotten", JSON(forgotten.map(\.itemID))),
          .init("entries", .list(report.entries.map(Self.json))),
        ]).document)
    case .jsonl:
      for entry in report.entries { Console.shared.write(Self.json(entry).line + "\n") }
      for image in forgotten {
        Console.shared.write(
          JSON.object([
            .init("item_id", .text(image.itemID)), .init("image_name", .text(image.imageName)),
            .init("outcome", "forgotten"),
          ]).line + "\n")
      }
    case .csv:
      Console.shared.write(csvRow(["item_id", "image_name", "outcome", "error"]))
      for entry in report.entries {
        Console.shared.write(
          csvRow([entry.itemID, entry.imageName, Self.outcome(entry), entry.error.map(explanation) ?? ""]))
      }
      for image in forgotten { Console.shared.write(csvRow([image.itemID, image.imageName, "forgotten", ""])) }
    }
    if report.failedCount > 0 { throw Ending(exit: .partly) }
    if report.entries.isEmpty, forgotten.isEmpty { throw Ending(exit: .nothing) }
  }

  private static func name(_ entry: AddReport.Entry) -> String {
    let isPath = entry.itemID == entry.imageName || entry.itemID.hasSuffix("/" + entry.imageName)
    return displayable(isPath ? entry.itemID : "\(entry.itemID) \(entry.imageName)")
  }

  private static func outcome(_ entry: AddReport.Entry) -> String {
    switch entry.outcome {
    case .added: "added"
    case .replaced: "replaced"
    case .unchanged: "unchanged"
    case .failed: "failed"
    }
  }

  private static func json(_ entry: AddReport.Entry) -> JSON {
    var members: [JSON.Member] = [
      .init("item_id", .text(entry.itemID)), .init("image_name", .text(entry.imageName)),
      .init("outcome", .text(outcome(entry))),
    ]
    if let warning = entry.warning { members.append(.init("warning", .text(warning))) }
    if let error = entry.error {
      members.append(
        .init(
          "error", .object([.init("code", .text(error.code.description)), .init("message", .text(explanation(error)))]))
      )
    }
    return .object(members)
  }
}
