import ArgumentParser
@_spi(Command) import ImageSearch

struct QuotaCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quota",
    abstract: "Show the services' quotas, free of charge.",
    usage: "imagesearch quota [--in SERVICES] [options]",
    discussion: """
      Queries each service that has a key, or those that --in names.

      imagesearch quota
      imagesearch quota --in tineye --json
      """)

  @Option(name: .customLong("in"), help: ArgumentHelp("Services: tineye, alibaba, tmapi.", valueName: "services"))
  var services: [ServiceList] = []
  @OptionGroup var key: KeyOption
  @OptionGroup var output: OutputOptions

  private struct Row {
    var name: ServiceName
    var quota: Quota?
    var failure: Answer.Failure?
    var isUntold: Bool { failure?.code == ImageSearchError.Code.unsupported.description }
  }

  func run() async throws {
    output.begin()
    let opening = ServiceOpening(try Settings(), keyCommand: key.keyCommand)
    let named = try ServiceList.services(services)
    let asked = named.isEmpty ? ServiceName.allCases.filter { $0.isPaid && opening.keys.source($0) != nil } : named
    guard !asked.isEmpty else {
      throw CommandError(.account, "no service has a key; see: imagesearch services")
    }
    var rows: [Row] = []
    for name in asked { rows.append(await row(name, opening)) }
    write(rows)
    for row in rows {
      guard let failure = row.failure else { continue }
      let line = "imagesearch: \(row.name.rawValue): \(oneLine(failure.message))"
      if row.isUntold { Console.shared.note(line) } else { Console.shared.say(line) }
    }
    // A service that does not report a quota is not an error.
    let failed = rows.filter { !$0.isUntold }
    let exits = Set(failed.compactMap(\.failure?.exit))
    if failed.isEmpty { throw Ending(exit: .nothing) }
    if exits.count == 1, failed.allSatisfy({ $0.failure != nil }), let only = exits.first { throw Ending(exit: only) }
    if !exits.isEmpty { throw Ending(exit: .partly) }
  }

  private func row(_ name: ServiceName, _ opening: ServiceOpening) async -> Row {
    guard name != .local else { return Row(name: name, quota: Quota(unit: .searches, remaining: nil)) }
    do {
      let service = try opening.open(name)
      defer { service.close() }
      return Row(name: name, quota: try await service.quota())
    } catch let error as ImageSearchError {
      return Row(name: name, failure: .init(error))
    } catch let error as CommandError {
      return Row(
        name: name, failure: .init(code: "setting", message: error.message, mayHaveBeenCharged: false, exit: error.exit)
      )
    } catch {
      return Row(
        name: name, failure: .init(code: "internal", message: "\(error)", mayHaveBeenCharged: false, exit: .system))
    }
  }

  private func write(_ rows: [Row]) {
    switch output.form {
    case .table:
      var table = Table([
        .init(title: "SERVICE", style: .bold), .init(title: "LEFT", isRight: true), .init(title: "OF"),
        .init(title: "ENDS"),
      ])
      for row in rows {
        guard let quota = row.quota else {
          if row.isUntold { table.add([row.name.rawValue, "not told", "", ""]) }
          continue
        }
        table.add([
          row.name.rawValue, quota.remaining.map(grouped) ?? "no limit",
          quota.unit == .searches ? "searches" : "images to add", "",
        ])
        for bundle in quota.bundles { table.add(["", bundle.remaining.map(grouped) ?? "", "", bundle.end ?? ""]) }
      }
      if !table.isEmpty { Console.shared.write(table.text(width: Console.shared.outputWidth)) }
    case .csv:
      Console.shared.write(csvRow(["service", "remaining", "unit", "error"]))
      for row in rows {
        Console.shared.write(
          csvRow([
            row.name.rawValue, row.quota?.remaining.map(String.init) ?? "",
            row.quota.map { $0.unit == .searches ? "searches" : "images" } ?? "", row.failure?.message ?? "",
          ]))
      }
    case .jsonl: for row in rows { Console.shared.write(json(row).line + "\n") }
    case .json:
      Console.shared.write(
        JSON.object([
          .init("command", "quota"), .init("version", .text(LibraryVersion.text)),
          .init("services", .list(rows.map(json))),
        ]).document)
    }
  }

  private func json(_ row: Row) -> JSON {
    var members: [JSON.Member] = [.init("service", .text(row.name.rawValue))]
    if let quota = row.quota {
      members += [
        .init("unit", .text(quota.unit == .searches ? "searches" : "images")),
        .init("remaining", JSON(quota.remaining)),
        .init("per_second", JSON(quota.perSecond)),
        .init(
          "bundles",
          .list(
            quota.bundles.map {
              .object([
                .init("remaining", JSON($0.remaining)), .init("start", JSON($0.start)), .init("end", JSON($0.end)),
              ])
            })),
      ]
    }
    if let failure = row.failure {
      members.append(
        .init("error", .object([.init("code", .text(failure.code)), .init("message", .text(failure.message))])))
    }
    return .object(members)
  }
}
