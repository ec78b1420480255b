import ArgumentParser
@_spi(Command) import ImageSearch

struct ConfigCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "Show the effective settings.",
    discussion: """
      imagesearch config show
      """, subcommands: [ConfigShow.self], defaultSubcommand: ConfigShow.self)
}

struct ConfigShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show every setting and where it comes from; keys are never shown.",
    discussion: """
      imagesearch config show
      imagesearch config show --json
      """)

  @OptionGroup var output: OutputOptions

  private struct Row {
    var name: String
    var value: String
    var source: String
  }

  func run() async throws {
    output.begin()
    let settings = try Settings()
    let rows = try rows(settings)
    switch output.form {
    case .table:
      Console.shared.write(
        "\(displayable(settings.file.path.text))\(settings.file.exists ? "" : " (not there; every setting has a default)")\n"
      )
      var table = Table([
        .init(title: "SETTING", style: .bold), .init(title: "VALUE", gives: true), .init(title: "FROM", gives: true),
      ])
      for row in rows { table.add([row.name, row.value, row.source]) }
      Console.shared.write(table.text(width: Console.shared.outputWidth))
    case .csv:
      Console.shared.write(
        csvRow(["setting", "value", "from"]) + rows.map { csvRow([$0.name, $0.value, $0.source]) }.joined())
    case .jsonl: for row in rows { Console.shared.write(json(row).line + "\n") }
    case .json:
      Console.shared.write(
        JSON.object([
          .init("command", "config show"), .init("version", .text(LibraryVersion.text)),
          .init("file", .text(settings.file.path.text)),
          .init("exists", .flag(settings.file.exists)), .init("settings", .list(rows.map(json))),
        ]).document)
    }
  }

  private func rows(_ settings: Settings) throws -> [Row] {
    let index = settings.index(nil)
    let file = settings.file
    var rows = [
      Row(name: "index", value: index.path.text, source: index.source),
      Row(
        name: "max-paid", value: String(settings.maximumPaid(nil)),
        source: file.number("max-paid") == nil ? "default" : "configuration"),
    ]
    for name in ["proxy", "ca-file"] {
      if let value = file.text(name) {
        rows.append(
          Row(name: name, value: name == "proxy" ? withoutSecrets(value) : value, source: "configuration"))
      }
    }
    let keys = KeyFinder(settings: settings, command: nil)
    for service in ServiceName.allCases where service.isPaid {
      for name in ConfigurationFile.serviceMembers[service] ?? [] {
        let place = "services.\(service.rawValue).\(name)"
        switch name {
        case "key":
          // One row for the source of the key that is used, whatever else has one.
          if let source = keys.source(service) { rows.append(Row(name: place, value: "(masked)", source: source)) }
        case "key-command":
          // The value itself may contain a key.
          if let value = settings.value(service, name) {
            rows.append(Row(name: place, value: "(masked)", source: value.source))
          }
        case "key-id":
          if let value = settings.value(service, name) {
            rows.append(Row(name: place, value: String(value.text.prefix(4)) + "…", source: value.source))
          }
        case "prepare-images":
          if let flag = file.flag(service, name) {
            rows.append(Row(name: place, value: "\(flag)", source: "configuration"))
          }
        case "requests-per-minute", "requests-per-second", "concurrent":
          if let number = try settings.number(service, name) {
            let variable = Settings.variable(service, name)
            rows.append(
              Row(name: place, value: String(number), source: environment(variable) == nil ? "configuration" : variable)
            )
          }
        default:
          if let value = settings.value(service, name) {
            let isAddress = name == "url" || name == "open-platform-url"
            rows.append(
              Row(name: place, value: isAddress ? withoutSecrets(value.text) : value.text, source: value.source))
          }
        }
      }
    }
    return rows
  }

  private func json(_ row: Row) -> JSON {
    .object([.init("setting", .text(row.name)), .init("value", .text(row.value)), .init("from", .text(row.source))])
  }
}
