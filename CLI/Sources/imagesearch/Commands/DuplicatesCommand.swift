import ArgumentParser
@_spi(Command) import ImageIndex
@_spi(Command) import ImageSearch

struct DuplicatesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "duplicates",
    abstract: "Find copies among your own images.",
    usage: "imagesearch duplicates [FOLDER …] [--keep RULE] [--action ACTION]",
    discussion: """
      Searches the folders, or the index if none is given. Nothing is ever deleted: an action prints what it would do, does it with \
      --apply, and imagesearch undo reverts it.

      imagesearch duplicates ~/Photos
      imagesearch duplicates ~/Photos --report duplicates.html
      imagesearch duplicates ~/Photos --relation identical --action hardlink --apply
      imagesearch duplicates ~/Photos --keep oldest --action move-to ~/Duplicates
      """)

  @Argument(help: ArgumentHelp("Folders.", valueName: "folder"), completion: .directory)
  var folders: [String] = []
  @Option(
    help: ArgumentHelp(
      "Relations: identical, reencoded, altered; partial and shared are listed beside a group (default: all except shared).",
      valueName: "relations"))
  var relation: [String] = []
  @Option(help: ArgumentHelp("The minimum confidence, 0-1.", valueName: "share"))
  var minConfidence: Double?
  @Option(
    help: ArgumentHelp("Which image to keep: largest, least-recompressed or oldest.", valueName: "rule"),
    completion: .list(["largest", "least-recompressed", "oldest"]))
  var keep = "largest"
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "list; hardlink (replace identical files by hard links); or move-to FOLDER.", valueName: "action"),
    completion: .list(["list", "hardlink", "move-to"]))
  var action: [String] = []
  @Flag(help: "Perform the action instead of printing what it would do.")
  var apply = false
  @Option(
    help: ArgumentHelp("The journal of an action (default: in the user's state folder).", valueName: "file"),
    completion: .file())
  var journal: String?
  @OptionGroup var index: IndexOption
  @Option(
    help: ArgumentHelp("Write an HTML report of the groups.", valueName: "file.html"),
    completion: .file(extensions: ["html"]))
  var report: String?
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if let minConfidence, !(0...1).contains(minConfidence) {
      throw ValidationError("--min-confidence must be from 0 to 1.")
    }
  }

  func run() async throws {
    output.begin()
    let (kind, more) = try FileAction.Kind.read(action)
    let folders = folders + more
    if apply, kind == nil {
      throw CommandError(.usage, "--apply needs an action: --action hardlink, or --action move-to FOLDER")
    }
    var options = LocalIndex.GroupOptions(minimumConfidence: minConfidence ?? 0, keep: try rule())
    if let wanted = try relations(relation) { options.relations = wanted }
    if kind == .hardlink {
      guard relation.isEmpty || options.relations == [.identical] else {
        throw CommandError(
          .usage, "--action hardlink is for identical files only; say --relation identical, or --action move-to FOLDER")
      }
      options.relations = [.identical]
    }
    if let report { try ReportFileCheck.check(report) }
    for folder in folders {
      let status = try existing(FilePath(argument: folder))
      guard status.kind == .folder else {
        throw CommandError(
          .usage,
          "\(displayable(FilePath(argument: folder).text)) is no folder; to compare two images: imagesearch compare")
      }
    }
    let scanned = folders.map { IndexFolder(FilePath(argument: $0)) }
    let (index, failures) = try await openIndex(scanned)
    defer { index.close() }
    let roots = scanned.map(\.path)
    var writer = GroupOutput(output.form)
    var page = report.map { _ in ReportBuilder(.duplicates, options: reportOptions(folders)) }
    var plan: [FileAction] = []
    let progress = ProgressLine("compared")
    let groups = index.groups(options) { step in
      progress.show(.init(done: step.done, total: step.total, rate: step.perSecond, secondsLeft: step.secondsLeft))
    }
    for try await group in groups {
      guard let group = group.within(roots) else { continue }
      progress.finish()
      writer.write(group)
      if page != nil { await page?.add(group, of: index) }
      if let kind { plan += FileAction.plan(kind, group, roots: roots) }
    }
    progress.finish()
    try Task.checkCancellation()
    if let page, let report { try page.write(to: FilePath(argument: report)) }
    var skipped = 0
    if let kind { skipped = try perform(plan, kind, &writer) }
    writer.finish()
    if failures + skipped > 0 { throw Ending(exit: .partly) }
    if writer.count == 0 {
      if output.form == .table { Console.shared.note("imagesearch: there are no duplicates") }
      throw Ending(exit: .nothing)
    }
  }

  private func rule() throws -> LocalIndex.Keep {
    let rules: [String: LocalIndex.Keep] = [
      "largest": .largest, "least-recompressed": .leastRecompressed, "oldest": .oldest,
    ]
    if let rule = rules[keep] { return rule }
    let nearest = CommandSupport.nearest(to: keep, among: rules.keys.sorted()).map { "; did you mean \($0)?" } ?? ""
    throw CommandError(
      .usage, "--keep is \(displayable(keep))\(nearest); it must be largest, least-recompressed or oldest")
  }

  /// The given index; for folders only, an index in the cache, so that a second run is fast.
  private func openIndex(_ scanned: [IndexFolder]) async throws -> (LocalIndex, failures: Int) {
    let opening = ServiceOpening(try Settings(), keyCommand: nil)
    guard index.index == nil, !scanned.isEmpty else { return (try opening.openIndex(index.index, writes: false), 0) }
    let digest = try CommandSupport.sha256(Array(scanned.map(\.path.text).sorted().joined(separator: "\n").utf8))
    let path = Places.cache.appending("duplicates").appending(String(digest.prefix(16)))
    let index = try opening.openIndex(
      path, writes: true, remedy: "name a folder for what is read: XDG_CACHE_HOME=FOLDER")
    Interruption.shared.hint { "what was read stays in the cache; the same command goes on from there" }
    var failures = 0
    for folder in scanned {
      let report = try await folder.add(to: index, category: nil)
      for failure in report.failures {
        failures += 1
        Console.shared.say("imagesearch: \(complaint(failure.itemID, failure.error))")
      }
      _ = try await index.prune(pathBytes: folder.path.bytes, apply: true)
    }
    return (index, failures)
  }

  /// Performs the plan, or prints what it would do.
  ///
  /// - Returns: the number of files left as they are.
  private func perform(_ plan: [FileAction], _ kind: FileAction.Kind, _ writer: inout GroupOutput) throws -> Int {
    guard apply else {
      let refusals = plan.map { $0.foreseen() }
      for (action, refusal) in zip(plan, refusals) {
        if let refusal {
          Console.shared.say(
            "imagesearch: \(displayable(action.path.text)) would stay as it is: \(displayable(refusal))")
        }
        writer.write(action, refusal.map { .skipped($0) } ?? .planned)
      }
      let refused = refusals.count { $0 != nil }
      Console.shared.note(
        "imagesearch: \(count(plan.count - refused, "file")) would be \(kind.participle); nothing was changed. --apply does it"
      )
      return refused
    }
    guard !plan.isEmpty else { return 0 }
    let path = journal.map { FilePath(argument: $0).absolute } ?? ActionJournal.newPath()
    let run = try ActionRun(journal: path)
    Interruption.shared.hint { "what was done can be taken back: imagesearch undo \(displayable(path.text))" }
    var skipped = 0
    var done = 0
    for action in plan {
      let outcome = try run.perform(action)
      if case .skipped(let reason) = outcome {
        skipped += 1
        Console.shared.say("imagesearch: \(displayable(action.path.text)) stays as it is: \(displayable(reason))")
      } else {
        done += 1
      }
      writer.write(action, outcome)
    }
    writer.journal = path.text
    Console.shared.note(
      "imagesearch: \(count(done, "file")) \(kind.participle)"
        + (skipped > 0 ? ", \(grouped(skipped)) left as they are" : "")
        + "; to take it back: imagesearch undo \(displayable(path.text))")
    return skipped
  }

  private func reportOptions(_ folders: [String]) -> [(name: String, value: String)] {
    var options = [(name: "folders", value: folders.joined(separator: " ")), (name: "keep", value: keep)]
    if !relation.isEmpty { options.append((name: "relation", value: relation.joined(separator: ","))) }
    if let minConfidence { options.append((name: "min-confidence", value: "\(minConfidence)")) }
    return options
  }
}

extension LocalIndex.Group {
  /// The members of the group in some folders; all of it if no folder is given.
  ///
  /// - Returns: `nil` if less than a group is left.
  fileprivate func within(_ roots: [FilePath]) -> LocalIndex.Group? {
    guard !roots.isEmpty else { return self }
    func isInside(_ member: LocalIndex.Member) -> Bool {
      // An item that the command added is named by the path where it was found, which for a link is not its target.
      let paths = [
        FilePath(bytes: LocalIndex.pathBytes(of: member.image.itemID)),
        member.image.sourcePathBytes.map(FilePath.init(bytes:)),
      ]
      return paths.contains { path in path.map { path in roots.contains { path.isInside($0) } } ?? false }
    }
    var group = self
    group.members = members.filter(isInside)
    group.related = related.filter(isInside)
    return group.members.count > 1 ? group : nil
  }
}
