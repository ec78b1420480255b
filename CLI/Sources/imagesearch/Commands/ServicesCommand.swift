import ArgumentParser
@_spi(Command) import ImageSearch

struct ServicesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "services",
    abstract: "List the services, and which are ready.",
    discussion: """
      Nothing is sent; imagesearch quota queries the services.

      imagesearch services
      """)

  @OptionGroup var output: OutputOptions

  private struct Row {
    var name: ServiceName
    var takes: String
    var isReady: Bool
    /// The source of the key, or what is missing.
    var key: String
  }

  func run() async throws {
    output.begin()
    let settings = try Settings()
    let keys = KeyFinder(settings: settings, command: nil)
    let rows = ServiceName.allCases.map { row($0, settings, keys) }
    switch output.form {
    case .table:
      var table = Table([
        .init(title: "SERVICE", style: .bold), .init(title: "SEARCHES"), .init(title: "BY", leaves: 1),
        .init(title: "COSTS", leaves: 2),
        .init(title: "READY"),
      ])
      for row in rows {
        table.add([
          row.name.rawValue, row.name.title, row.takes, row.name.isPaid ? "paid" : "free", row.isReady ? "yes" : "no",
        ])
      }
      // Never cut to the terminal's width, because the user must type it.
      let notes = rows.map { "\($0.name.rawValue): \(displayable($0.key))\n" }.joined()
      Console.shared.write(table.text(width: Console.shared.outputWidth) + "\n" + notes)
    case .csv:
      Console.shared.write(csvRow(["service", "title", "by", "paid", "ready", "key"]))
      for row in rows {
        Console.shared.write(
          csvRow([row.name.rawValue, row.name.title, row.takes, "\(row.name.isPaid)", "\(row.isReady)", row.key]))
      }
    case .jsonl: for row in rows { Console.shared.write(json(row).line + "\n") }
    case .json:
      Console.shared.write(
        JSON.object([
          .init("command", "services"), .init("version", .text(LibraryVersion.text)),
          .init("services", .list(rows.map(json))),
        ]).document)
    }
  }

  private func row(_ name: ServiceName, _ settings: Settings, _ keys: KeyFinder) -> Row {
    guard name.isPaid else {
      let (path, source) = settings.index(nil)
      let isThere = (try? FileStatus.of(path.absolute))?.kind == .folder
      let place = "\(path.text) (\(source))"
      return Row(
        name: name, takes: "file, URL", isReady: isThere,
        key: isThere ? place : "imagesearch index add FOLDER makes \(place)")
    }
    let takes = name == .tmapi ? "URL" : "file, URL"
    guard let source = keys.source(name) else {
      return Row(
        name: name, takes: takes, isReady: false, key: "set " + KeyFinder.variables(name).joined(separator: " and "))
    }
    if name == .alibaba, settings.value(name, "instance") == nil {
      return Row(name: name, takes: takes, isReady: false, key: "set \(Settings.variable(name, "instance"))")
    }
    return Row(name: name, takes: takes, isReady: true, key: "key: \(source)")
  }

  private func json(_ row: Row) -> JSON {
    .object([
      .init("service", .text(row.name.rawValue)), .init("title", .text(row.name.title)), .init("by", .text(row.takes)),
      .init("paid", .flag(row.name.isPaid)), .init("ready", .flag(row.isReady)), .init("key", .text(row.key)),
    ])
  }
}
