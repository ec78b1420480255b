import ArgumentParser
import FoundationEssentials
import Glibc
@_spi(Command) import ImageIndex
@_spi(Command) import ImageSearch

struct SearchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search",
    abstract: "Find where images come from.",
    usage: "imagesearch search IMAGE|URL|FOLDER|- … [--in local,tineye,…]",
    discussion: """
      Searches your own index, or the services that --in names: a paid service is used only if it is named. A folder, several images, or a \
      list on standard input (-) is a batch: it asks for confirmation before it costs anything, and continues where it stopped when it is run \
      again.

      imagesearch search photo.jpg
      imagesearch search photo.jpg --in local,tineye --report out.html
      find . -name '*.jpg' -print0 | imagesearch search - --in tineye
      """)

  @Argument(
    help: ArgumentHelp("Files, URLs, folders, or - for standard input.", valueName: "image"),
    completion: .file())
  var images: [String] = []
  @Option(
    name: .customLong("in"),
    help: ArgumentHelp(
      "Services, a section each in this order; local without it.", valueName: "services"))
  var services: [ServiceList] = []
  @Option(help: ArgumentHelp("The maximum number of matches of each service.", valueName: "number"))
  var limit: Int?
  @Option(
    help: ArgumentHelp(
      "Relations (local): identical, reencoded, altered, partial, shared (default: all except shared).",
      valueName: "relations"))
  var relation: [String] = []
  @Option(help: ArgumentHelp("The minimum confidence, 0-1 (local).", valueName: "share"))
  var minConfidence: Double?
  @Option(help: ArgumentHelp("The minimum score, 0-100.", valueName: "score"))
  var minScore: Double?
  @Option(help: ArgumentHelp("Search with this part of the image, in pixels (local, alibaba).", valueName: "x,y,w,h"))
  var region: String?
  @Option(help: ArgumentHelp("Search this category only (local, alibaba).", valueName: "name"))
  var category: String?
  @Option(
    help: ArgumentHelp("How hard to try: fast, normal or thorough (local).", valueName: "effort"),
    completion: .list(["fast", "normal", "thorough"]))
  var effort = "normal"
  @OptionGroup var index: IndexOption
  @Option(
    help: ArgumentHelp(
      "The maximum number of paid searches of a batch, including its earlier runs (default: 100).", valueName: "number")
  )
  var maxPaid: Int?
  @Flag(name: [.customShort("y"), .long], help: "Pay without asking.")
  var yes = false
  @Option(
    help: ArgumentHelp("The journal of a batch (default: in the user's state folder).", valueName: "file"),
    completion: .file())
  var journal: String?
  @Flag(help: "Start a batch again; its searches are paid for again.")
  var again = false
  @Flag(help: "Repeat searches that an earlier run may have paid for.")
  var repeatUncertain = false
  @OptionGroup var key: KeyOption
  @Option(
    help: ArgumentHelp("Write an HTML report of the matches.", valueName: "file.html"),
    completion: .file(extensions: ["html"]))
  var report: String?
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if images.isEmpty { throw ValidationError("Name an image, a URL, a folder, or - for a list on standard input.") }
    if let maxPaid, !ConfigurationFile.range("max-paid").contains(maxPaid) {
      throw ValidationError("--max-paid is \(maxPaid); it must be \(ConfigurationFile.rangeText("max-paid")).")
    }
    if let limit, limit < 1 { throw ValidationError("--limit is \(limit); it must be 1 or more.") }
    if let minConfidence, !(0...1).contains(minConfidence) {
      throw ValidationError("--min-confidence must be from 0 to 1.")
    }
    if let minScore, !(0...100).contains(minScore) { throw ValidationError("--min-score must be from 0 to 100.") }
  }

  func run() async throws {
    output.begin()
    let settings = try Settings()
    var names = try ServiceList.services(services)
    if names.isEmpty { names = [.local] }
    let terms = try terms()
    if let report { try ReportFileCheck.check(report) }
    let collection = try QueryCollection(images)
    for failure in collection.failures { Console.shared.say("imagesearch: \(displayable(failure))") }
    guard !collection.queries.isEmpty else {
      Console.shared.say(
        "imagesearch: there are no images in \(images.map { displayable(FilePath(argument: $0).text) }.joined(separator: ", "))"
      )
      throw Ending(exit: .nothing)
    }
    let cap = settings.maximumPaid(maxPaid)
    let opening = ServiceOpening(settings, keyCommand: key.keyCommand, maximumPaid: collection.isBatch ? nil : cap)
    let (opened, local) = try open(names, opening, isBatch: collection.isBatch)
    defer {
      for service in opened { (try? service.service.get())?.close() }
    }
    let journal = collection.isBatch ? try openJournal(names, terms) : nil
    let run = SearchRun(opened, terms: terms, journal: journal, cap: cap, repeatsUncertain: repeatUncertain)
    if let journal {
      try await BatchQuestion(
        run: run, journal: journal, collection: collection, cap: cap, yes: yes, repeatsUncertain: repeatUncertain
      ).ask()
      let path = displayable(journal.path.text)
      Interruption.shared.hint { "what is done is in \(path); the same command goes on from there" }
    }
    var tally = SearchTally(total: collection.queries.count)
    tally.failed += collection.failures.count
    var writer = SearchOutput(output.form, isBatch: collection.isBatch)
    var page = report.map { _ in ReportBuilder(.search, options: reportOptions(names, terms)) }
    let progress = journal == nil ? nil : ProgressLine("searched")
    let paidBefore = await run.ledger.count
    try await run.run(collection.queries) { index, answers in
      let query = collection.queries[index]
      writer.write(query, answers)
      tally.add(answers)
      if page != nil {
        await page?.add(query: query.image, named: query.sharedName, answers: answers.map(\.reported), index: local)
      }
      let paid = await run.ledger.count - paidBefore
      progress?.show(
        .init(
          done: index + 1, total: collection.queries.count, failed: tally.failed,
          also: paid > 0 ? "\(grouped(paid)) paid" : ""))
    }
    progress?.finish()
    writer.finish()
    if let page, let report { try page.write(to: FilePath(argument: report)) }
    if let journal {
      if tally.isComplete { try journal.finish() }
      let paid = await run.ledger.count - paidBefore
      Console.shared.note(tally.summary(paid: paid, names: names, journal: journal))
    }
    throw Ending(exit: tally.exit)
  }

  private func terms() throws -> SearchTerms {
    var terms = SearchTerms()
    terms.limit = limit
    terms.relations = try relations(relation)
    terms.minimumConfidence = minConfidence
    terms.minimumScore = minScore
    terms.region = try region.map(imagesearch.region)
    terms.category = category
    guard let effort = SearchRequest.Effort(rawValue: effort) else {
      throw CommandError(.usage, "--effort is \(displayable(effort)); it must be fast, normal or thorough")
    }
    terms.effort = effort
    return terms
  }

  /// Opens every service. With one image, a service that cannot be opened is reported and does not hide the others; a
  /// batch needs all of them, so that an error is found before anything is paid for.
  private func open(
    _ names: [ServiceName], _ opening: ServiceOpening, isBatch: Bool
  ) throws -> ([SearchRun.Opened], LocalIndex?) {
    var local: LocalIndex?
    let opened = try names.map { name in
      var service: Result<any SearchService, ImageSearchError>
      do {
        if name == .local {
          let index = try opening.openIndex(index.index, writes: false)
          local = index
          service = .success(index)
        } else {
          service = .success(try opening.open(name))
        }
      } catch let error as CommandError where names.count > 1 && !isBatch {
        let code: ImageSearchError.Code =
          error.exit == .account ? .unauthorized : error.exit == .index ? .indexUnavailable : .invalidArgument
        service = .failure(ImageSearchError(code, error.message))
      } catch let error as ImageSearchError where names.count > 1 && !isBatch {
        service = .failure(error)
      }
      let concurrency = try opening.concurrency(name)
      var limits = ServiceOpening.usualLimits(name)
      limits = try opening.limits(name) ?? limits
      limits.concurrent = concurrency
      return SearchRun.Opened(name: name, service: service, pace: Pace(limits), concurrency: concurrency)
    }
    return (opened, local)
  }

  private func openJournal(_ names: [ServiceName], _ terms: SearchTerms) throws -> SearchJournal {
    let options = terms.description(names)
    let path: FilePath
    if let journal {
      path = FilePath(argument: journal).absolute
    } else {
      // The same command must find its journal again.
      let places = images.map {
        $0 == "-"
          ? "- in " + FilePath(bytes: Array(".".utf8)).absolute.text
          : $0.contains("://") ? $0 : FilePath(argument: $0).absolute.text
      }
      let digest = try CommandSupport.sha256(Array(([options] + places).joined(separator: "\n").utf8))
      path = Places.state.appending("searches").appending("\(digest.prefix(16)).jsonl")
    }
    return try SearchJournal(path, options: options, again: again, keepsFinished: names.contains(where: \.isPaid))
  }

  private func reportOptions(_ names: [ServiceName], _ terms: SearchTerms) -> [(name: String, value: String)] {
    var options = [(name: "in", value: names.map(\.rawValue).joined(separator: ","))]
    if let limit { options.append((name: "limit", value: "\(limit)")) }
    if !relation.isEmpty { options.append((name: "relation", value: relation.joined(separator: ","))) }
    if let minConfidence { options.append((name: "min-confidence", value: "\(minConfidence)")) }
    if let minScore { options.append((name: "min-score", value: "\(minScore)")) }
    if let region { options.append((name: "region", value: region)) }
    if let category { options.append((name: "category", value: category)) }
    if effort != "normal" { options.append((name: "effort", value: effort)) }
    return options
  }
}

extension Answer {
  /// The representation in the report.
  fileprivate var reported: ReportAnswer {
    ReportAnswer(
      service: service.rawValue, matches: matches, total: total, requestIDs: requestID.map { [$0] } ?? [],
      warnings: warnings,
      error: failure?.message, began: Date(timeIntervalSince1970: began), seconds: seconds)
  }
}
