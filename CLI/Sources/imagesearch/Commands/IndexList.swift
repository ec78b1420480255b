import ArgumentParser
import FoundationEssentials
@_spi(Command) import ImageIndex
@_spi(Command) import ImageSearch

struct IndexList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the images of the index.",
    usage: "imagesearch index list [FOLDER|ITEM …] [options]",
    discussion: """
      imagesearch index list
      imagesearch index list ~/Photos/2024 --csv
      """)

  @Argument(
    help: ArgumentHelp("Only these items, or the images in these folders.", valueName: "item"), completion: .file())
  var items: [String] = []
  @Option(help: ArgumentHelp("Only this category.", valueName: "name"))
  var category: String?
  @OptionGroup var index: IndexOption
  @OptionGroup var output: OutputOptions

  func run() async throws {
    output.begin()
    let index = try ServiceOpening(try Settings(), keyCommand: nil).openIndex(index.index, writes: false)
    defer { index.close() }
    let selection = ItemSelection(items)
    var writer = ImageListOutput(output.form, path: index.path)
    for try await item in index.allItems() where selection.contains(item.itemID) {
      for image in item.images where hasCategory(image) { writer.add(image) }
    }
    guard writer.finish() > 0 else {
      Console.shared.note(
        "imagesearch: \(items.isEmpty && category == nil ? "the index is empty" : "there is no such image in the index")"
      )
      throw Ending(exit: .nothing)
    }
  }
}

extension IndexList {
  private func hasCategory(_ image: LocalIndex.Image) -> Bool {
    category.map { image.category?.hasBytes(of: $0) ?? false } ?? true
  }
}

/// A selection of items by id, or by folder.
struct ItemSelection {
  private let names: [(id: String, path: String)]

  init(_ arguments: [String]) {
    names = arguments.map { argument in
      let path = FilePath(argument: argument)
      return (path.text, (path.resolved ?? path.absolute).text)
    }
  }

  /// Whether the item is selected, as is every item without a selection.
  func contains(_ itemID: String) -> Bool { names.isEmpty || names.indices.contains { holds($0, itemID) } }

  /// Whether an argument selects an item.
  func holds(_ place: Int, _ itemID: String) -> Bool {
    let (id, path) = names[place]
    return itemID.hasBytes(of: id) || itemID.hasBytes(of: path)
      || itemID.utf8.starts(with: (path == "/" ? path : path + "/").utf8)
  }
}

/// Writes images of an index in tables of a few hundred rows, because an index may have millions.
struct ImageListOutput {
  private let form: OutputForm
  private let path: String
  private var images: [LocalIndex.Image] = []
  private var documents: [JSON] = []
  private var count = 0
  private static let rows = 500

  init(_ form: OutputForm, path: String) {
    self.form = form
    self.path = path
    if form == .csv { Console.shared.write(csvRow(Self.columns)) }
  }

  private static let columns = [
    "item_id", "image_name", "category", "width", "height", "file_size", "format", "sha256", "exif_date", "source_path",
    "added_at",
  ]

  mutating func add(_ image: LocalIndex.Image) {
    count += 1
    switch form {
    case .table:
      images.append(image)
      if images.count == Self.rows { writeTable() }
    case .json: documents.append(image.json)
    case .jsonl: Console.shared.write(image.json.line + "\n")
    case .csv:
      Console.shared.write(
        csvRow([
          image.itemID, image.imageName, image.category ?? "", String(image.width), String(image.height),
          String(image.fileSize),
          image.format, image.sha256, image.exifDate ?? "", image.sourceText ?? "", image.addedAt.ISO8601Format(),
        ]))
    }
  }

  /// - Returns: the number of images.
  mutating func finish() -> Int {
    if form == .json {
      Console.shared.write(
        JSON.object([
          .init("command", "index list"), .init("version", .text(LibraryVersion.text)), .init("index", .text(path)),
          .init("images", .list(documents)),
        ]).document)
    }
    if !images.isEmpty { writeTable() }
    return count
  }

  private mutating func writeTable() {
    var table = Table([
      .init(title: "SIZE", isRight: true, leaves: 5), .init(title: "BYTES", isRight: true, leaves: 3),
      .init(title: "FORMAT", leaves: 1), .init(title: "TAKEN", leaves: 2), .init(title: "CATEGORY", leaves: 4),
      .init(title: "ITEM", gives: true, style: .cyan), .init(title: "IMAGE", gives: true),
    ])
    for image in images {
      let isPath = image.itemID == image.imageName || image.itemID.hasSuffix("/" + image.imageName)
      table.add([
        "\(image.width)×\(image.height)", byteCount(image.fileSize), image.format,
        String(image.exifDate?.prefix(10) ?? ""),
        image.category ?? "", shownPath(image.itemID), isPath ? "" : image.imageName,
      ])
    }
    Console.shared.write(table.text(width: Console.shared.outputWidth))
    images = []
  }
}

extension LocalIndex.Image {
  /// The path of the file as reversible text.
  var sourceText: String? { sourcePathBytes.map { LocalIndex.id(ofPath: $0) } }

  var json: JSON {
    var members: [JSON.Member] = [.init("item_id", .text(itemID)), .init("image_name", .text(imageName))]
    if let category { members.append(.init("category", .text(category))) }
    if let customContent { members.append(.init("custom_content", .text(customContent))) }
    members += [
      .init("width", JSON(width)), .init("height", JSON(height)), .init("file_size", JSON(fileSize)),
      .init("format", .text(format)),
      .init("sha256", .text(sha256)),
    ]
    if let exifDate { members.append(.init("exif_date", .text(exifDate))) }
    if let sourceText { members.append(.init("source_path", .text(sourceText))) }
    members.append(.init("added_at", .text(addedAt.ISO8601Format())))
    if let warning { members.append(.init("warning", .text(warning))) }
    return .object(members)
  }
}
