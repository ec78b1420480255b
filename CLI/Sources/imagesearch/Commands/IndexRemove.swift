import ArgumentParser
@_spi(Command) import ImageIndex
@_spi(Command) import ImageSearch

struct IndexRemove: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove",
    abstract: "Remove images from the index; their files stay.",
    usage: "imagesearch index remove ITEM|FOLDER … [options]",
    discussion: """
      imagesearch index remove ~/Photos/blurred.jpg
      imagesearch index remove ~/Photos/old
      """)

  @Argument(
    help: ArgumentHelp("Items by id, files, or folders with their subfolders.", valueName: "item"),
    completion: .file())
  var items: [String] = []
  @OptionGroup var index: IndexOption
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if items.isEmpty { throw ValidationError("Name an item, a file or a folder.") }
  }

  func run() async throws {
    output.begin()
    let index = try ServiceOpening(try Settings(), keyCommand: nil).openIndex(
      index.index, writes: true, mustExist: true)
    defer { index.close() }
    let selection = ItemSelection(items)
    var found: [LocalIndex.Item] = []
    var isFound = [Bool](repeating: false, count: items.count)
    for try await item in index.allItems() {
      let places = items.indices.filter { selection.holds($0, item.itemID) }
      for place in places { isFound[place] = true }
      if !places.isEmpty { found.append(item) }
    }
    for start in stride(from: 0, to: found.count, by: 1000) {
      _ = try await index.removeImages(
        found[start..<min(found.count, start + 1000)].map { RemoveRequest(itemID: $0.itemID) })
    }
    let images = found.flatMap(\.images)
    switch output.form {
    case .table: Console.shared.write("\(displayable(index.path)): \(grouped(images.count)) removed\n")
    case .csv:
      Console.shared.write(
        csvRow(["item_id", "image_name"]) + images.map { csvRow([$0.itemID, $0.imageName]) }.joined())
    case .jsonl: for image in images { Console.shared.write(image.json.line + "\n") }
    case .json:
      Console.shared.write(
        JSON.object([
          .init("command", "index remove"), .init("version", .text(LibraryVersion.text)),
          .init("index", .text(index.path)),
          .init("removed", JSON(images.count)), .init("images", .list(images.map(\.json))),
        ]).document)
    }
    for (item, isFound) in zip(items, isFound) where !isFound {
      Console.shared.say(
        "imagesearch: \(displayable(FilePath(argument: item).text)) is not in the index; see: imagesearch index list")
    }
    if isFound.contains(false) { throw Ending(exit: images.isEmpty ? .nothing : .partly) }
  }
}
