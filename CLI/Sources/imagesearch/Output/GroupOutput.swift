@_spi(Command) import ImageIndex
@_spi(Command) import ImageSearch

/// Writes groups of copies, and the actions on them.
struct GroupOutput {
  private let form: OutputForm
  private(set) var count = 0
  private var files = 0
  private var surplus = 0
  private var groups: [JSON] = []
  private var actions: [JSON] = []
  /// Path of the journal of the actions.
  var journal: String?

  init(_ form: OutputForm) {
    self.form = form
    if form == .csv { Console.shared.write(csvRow(Self.columns)) }
  }

  private static let columns = [
    "group", "role", "relation", "score", "confidence", "item_id", "image_name", "path", "width", "height", "file_size",
    "format", "sha256",
    "exif_date",
  ]

  mutating func write(_ group: LocalIndex.Group) {
    count += 1
    files += group.members.count
    let more = group.members.dropFirst().reduce(0) { $0 + $1.image.fileSize }
    surplus += more
    switch form {
    case .table: writeTable(group, more)
    case .json: groups.append(Self.json(group))
    case .jsonl: Console.shared.write(Self.json(group).line + "\n")
    case .csv:
      for (role, member) in Self.roles(group) {
        let image = member.image
        Console.shared.write(
          csvRow([
            String(count), role, member.relation.rawValue, "\(member.score)", "\(member.confidence)", image.itemID,
            image.imageName,
            image.sourceText ?? "", String(image.width), String(image.height), String(image.fileSize), image.format,
            image.sha256,
            image.exifDate ?? "",
          ]))
      }
    }
  }

  mutating func write(_ action: FileAction, _ outcome: FileAction.Outcome) {
    switch form {
    case .table:
      if let line = action.line(outcome) { Console.shared.write((actions.isEmpty ? "\n" : "") + line + "\n") }
    case .jsonl: Console.shared.write(action.json(outcome).line + "\n")
    case .json, .csv: break
    }
    actions.append(action.json(outcome))
  }

  mutating func finish() {
    switch form {
    case .json:
      var members: [JSON.Member] = [
        .init("command", "duplicates"), .init("version", .text(LibraryVersion.text)), .init("groups", .list(groups)),
      ]
      if !actions.isEmpty { members.append(.init("actions", .list(actions))) }
      if let journal { members.append(.init("journal", .text(journal))) }
      Console.shared.write(JSON.object(members).document)
    case .table where count > 0:
      Console.shared.note(
        "imagesearch: \(imagesearch.count(count, "group")) of \(imagesearch.count(files, "image")); \(byteCount(surplus)) in those that are not kept"
      )
    default: break
    }
  }

  private func writeTable(_ group: LocalIndex.Group, _ more: Int) {
    var table = Table([
      .init(title: "", style: .green), .init(title: "RELATION"), .init(title: "SCORE", isRight: true, leaves: 3),
      .init(title: "SURE", isRight: true, leaves: 2), .init(title: "SIZE", isRight: true, leaves: 5),
      .init(title: "BYTES", isRight: true, leaves: 4), .init(title: "FORMAT", leaves: 1),
      .init(title: "FILE", gives: true, style: .cyan),
    ])
    for (role, member) in Self.roles(group) {
      let image = member.image
      let isBest = role == "keep"
      table.add([
        isBest ? "keep" : role == "copy" ? "" : "beside",
        isBest ? "" : member.relation.rawValue + (member.isMirrored ? ", mirrored" : ""),
        isBest ? "" : fixed(member.score, member.score < 99.95 ? 1 : 0),
        isBest ? "" : "\(fixed(member.confidence * 100, 0))%",
        "\(image.width)×\(image.height)", byteCount(image.fileSize), image.format, Self.name(image),
      ])
    }
    let heading = Style.bold(
      "\(imagesearch.count(group.members.count, "copy", "copies")), \(byteCount(more)) in those that are not kept")
    Console.shared.write(
      (count > 1 ? "\n" : "") + heading + "\n" + table.text(width: Console.shared.outputWidth, indent: 2))
  }

  private static func name(_ image: LocalIndex.Image) -> String {
    image.sourceText.map(shownPath) ?? "\(image.itemID) \(image.imageName)"
  }

  private static func roles(_ group: LocalIndex.Group) -> [(String, LocalIndex.Member)] {
    group.members.enumerated().map { ($0 == 0 ? "keep" : "copy", $1) } + group.related.map { ("related", $0) }
  }

  private static func json(_ group: LocalIndex.Group) -> JSON {
    .object([
      .init("members", .list(group.members.map(\.json))), .init("related", .list(group.related.map(\.json))),
    ])
  }
}

extension LocalIndex.Member {
  fileprivate var json: JSON {
    .object(
      image.json.members + [
        .init("relation", .text(relation.rawValue)), .init("confidence", JSON(confidence)), .init("score", JSON(score)),
        .init("best_overlap", JSON(bestOverlap)), .init("image_overlap", JSON(imageOverlap)),
        .init("is_mirrored", .flag(isMirrored)),
        .init(
          "transform",
          .list(
            [transform.m11, transform.m12, transform.m13, transform.m21, transform.m22, transform.m23].map { JSON($0) })
        ),
      ])
  }
}
