@_spi(Command) import ImageSearch

/// Writes the responses of a search as they arrive.
struct SearchOutput {
  private let form: OutputForm
  private let isBatch: Bool
  private var documents: [JSON] = []
  private var isFirst = true
  /// The last failure of each service, and how often it was repeated.
  private var repeated: [ServiceName: (message: String, count: Int)] = [:]

  init(_ form: OutputForm, isBatch: Bool) {
    self.form = form
    self.isBatch = isBatch
    if form == .csv { Console.shared.write(csvRow(Self.csvColumns)) }
  }

  mutating func write(_ query: Query, _ answers: [Answer]) {
    switch form {
    case .table: writeTables(query, answers)
    case .json:
      documents.append(.object([.init("query", .text(query.name)), .init("answers", .list(answers.map(\.json)))]))
    case .jsonl:
      for answer in answers {
        guard case .object(let members) = answer.json else { continue }
        Console.shared.write(JSON.object([.init("query", .text(query.name))] + members).line + "\n")
      }
    case .csv: for answer in answers { writeRows(query, answer) }
    }
    for answer in answers {
      for warning in answer.warnings {
        Console.shared.note("imagesearch: \(answer.service.rawValue): \(oneLine(warning))")
      }
      if let failure = answer.failure { say(failure, answer.service, query) }
    }
    isFirst = false
  }

  /// Writes the end of the output.
  mutating func finish() {
    if form == .json {
      Console.shared.write(
        JSON.object([
          .init("command", "search"), .init("version", .text(LibraryVersion.text)), .init("queries", .list(documents)),
        ]).document)
    }
    for (service, last) in repeated.sorted(by: { $0.key.rawValue < $1.key.rawValue }) where last.count > 0 {
      Console.shared.say("imagesearch: \(service.rawValue): the same for \(count(last.count, "more image"))")
    }
  }

  private mutating func say(_ failure: Answer.Failure, _ service: ServiceName, _ query: Query) {
    if let last = repeated[service], last.message == failure.message {
      repeated[service] = (last.message, last.count + 1)
      return
    }
    if let last = repeated[service], last.count > 0 {
      Console.shared.say("imagesearch: \(service.rawValue): the same for \(count(last.count, "more image"))")
    }
    if isBatch { repeated[service] = (failure.message, 0) }
    let name = isBatch ? displayable(query.name) + ": " : ""
    Console.shared.say("imagesearch: \(name)\(service.rawValue): \(oneLine(failure.message))")
  }

  // MARK: - Tables

  private func writeTables(_ query: Query, _ answers: [Answer]) {
    let answered = answers.filter { $0.failure == nil }
    guard !answered.isEmpty else { return }
    var text = isFirst ? "" : "\n"
    if isBatch { text += Style.bold(displayable(query.name)) + "\n" }
    for (i, answer) in answered.enumerated() {
      if i > 0 { text += "\n" }
      text += Self.heading(answer) + "\n"
      if !answer.matches.isEmpty {
        text += Self.table(answer.matches).text(width: Console.shared.outputWidth, indent: 2)
      }
    }
    Console.shared.write(text)
  }

  private static func heading(_ answer: Answer) -> String {
    let name = Style.bold(answer.service.rawValue, if: Console.shared.usesColours)
    let age = answer.isFromJournal ? " (from the journal)" : ""
    guard !answer.matches.isEmpty else { return "\(name): nothing found\(age)" }
    let shown = answer.matches.count
    if let total = answer.total, total > shown {
      return "\(name): \(grouped(shown)) of \(count(total, "match", "matches"))\(age)"
    }
    return "\(name): \(count(shown, "match", "matches"))\(age)"
  }

  private static func table(_ matches: [Match]) -> Table {
    var table = Table([
      .init(title: "RELATION", style: .green), .init(title: "SCORE", isRight: true, leaves: 5),
      .init(title: "SURE", isRight: true, leaves: 2), .init(title: "PRICE", isRight: true),
      .init(title: "SIZE", isRight: true, leaves: 4),
      .init(title: "ITEM", gives: true, style: .cyan),
      .init(title: "IMAGE", gives: true), .init(title: "CATEGORY", leaves: 3), .init(title: "TITLE", gives: true),
      .init(title: "SEEN", leaves: 1),
      .init(title: "PAGE", gives: true, style: .cyan),
    ])
    for match in matches {
      // For an item that is a file, the image's name is the end of its id.
      let item = match.itemID ?? ""
      let image = match.imageName ?? ""
      let isPath = item == image || item.hasSuffix("/" + image)
      table.add([
        (match.relation?.rawValue ?? "") + (match.isMirrored == true ? ", mirrored" : ""),
        match.score.map { fixed($0, $0 < 99.95 ? 1 : 0) } ?? "",
        match.confidence.map { "\(fixed($0 * 100, 0))%" } ?? "",
        match.price.map { "\($0.amount) \($0.currency)" } ?? "",
        match.width.flatMap { width in match.height.map { "\(width)×\($0)" } } ?? "",
        match.pageURL == nil || match.title == nil ? shownPath(item) : "", isPath ? "" : image, match.category ?? "",
        match.title ?? "",
        match.backlinks.first?.crawlDate ?? "",
        match.pageURL ?? match.backlinks.first?.pageURL ?? match.imageURL ?? "",
      ])
    }
    return table
  }

  // MARK: - CSV

  private static let csvColumns = [
    "query", "service", "rank", "relation", "score", "confidence", "item_id", "image_name", "title", "price",
    "currency", "width",
    "height", "page_url", "image_url", "domain", "sha256", "error",
  ]

  private func writeRows(_ query: Query, _ answer: Answer) {
    var text = ""
    if let failure = answer.failure {
      let empty = [String](repeating: "", count: Self.csvColumns.count - 3)
      text = csvRow([query.name, answer.service.rawValue] + empty + [failure.message])
    }
    for (i, match) in answer.matches.enumerated() {
      text += csvRow([
        query.name, answer.service.rawValue, String(i + 1), match.relation?.rawValue ?? "",
        match.score.map { "\($0)" } ?? "",
        match.confidence.map { "\($0)" } ?? "", match.itemID ?? "", match.imageName ?? "", match.title ?? "",
        match.price?.amount ?? "", match.price?.currency ?? "", match.width.map(String.init) ?? "",
        match.height.map(String.init) ?? "",
        match.pageURL ?? "", match.imageURL ?? "", match.domain ?? "", match.sha256 ?? "", "",
      ])
    }
    Console.shared.write(text)
  }
}
