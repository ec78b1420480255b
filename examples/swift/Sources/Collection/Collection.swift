import Glibc
import ImageIndex
import ImageSearch

/// Lists a collection of images, and finds its duplicates.
///
///     swift run Collection INDEX add FOLDER [PREFIX]     adds the images of a folder to the index, and removes those whose files are gone
///     swift run Collection INDEX list                    lists all items with their images
///     swift run Collection INDEX groups                  lists all groups of copies, the best image of each first
///     swift run Collection INDEX compare A B [OVERLAY]   compares two files; OVERLAY is a PNG file to write
///     swift run Collection INDEX show ITEM [THUMBNAIL]   shows an item and its copies, and writes its first thumbnail to a file
///     swift run Collection INDEX same FILE               lists the stored images with exactly these bytes
///     swift run Collection INDEX label ITEM CATEGORY     sets the category of an item
///     swift run Collection INDEX categories              lists the categories with their numbers of images
///     swift run Collection INDEX prune [apply]           lists images whose files are gone; apply removes them
@main struct Collection {
  let index: LocalIndex

  static func main() async {
    do {
      let arguments = CommandLine.arguments
      guard arguments.count >= 3 else { throw Problem("Collection INDEX COMMAND …: see the top of Collection.swift") }
      let collection = Collection(index: try LocalIndex(path: arguments[1]))
      try await collection.run(arguments[2], Array(arguments.dropFirst(3)))
    } catch {
      // An error thrown by `main` would end the program with a trap.
      var line = "Collection: \(error)\n"
      line.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
      exit(1)
    }
  }

  struct Problem: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
  }

  func run(_ command: String, _ arguments: [String]) async throws {
    switch (command, arguments.first, arguments.dropFirst().first) {
    case ("add", let folder?, let prefix): try await add(folder, prefix: prefix ?? "")
    case ("list", _, _): try await list()
    case ("groups", _, _): try await groups()
    case ("compare", let first?, let second?):
      try await compare(first, second, overlay: arguments.count > 2 ? arguments[2] : nil)
    case ("show", let item?, let thumbnail): try await show(item, thumbnail: thumbnail)
    case ("same", let file?, _):
      for image in try await index.images(sameAs: .file(file)) { line(image.itemID, image.imageName) }
    case ("label", let item?, let category?):
      guard try await index.contains(itemID: item) else { throw Problem("there is no item \(item)") }
      print(try await index.update(itemID: item, category: category))
    case ("categories", _, _):
      for (name, count) in try await index.categories() { line(name, count) }
      line("all", try await index.count())
    case ("prune", let apply, _): try await prune(apply: apply == "apply")
    default: throw Problem("no such command, or too few arguments")
    }
  }

  func line(_ words: Any...) { print(words.map { "\($0)" }.joined(separator: "\t")) }

  func add(_ folder: String, prefix: String) async throws {
    var batch = LocalIndex.BatchOptions()
    batch.prefix = prefix
    batch.prune = true
    let report = try await index.addFolder(folder, batch: batch)
    for entry in report.entries { line(entry.itemID, entry.imageName, entry.outcome) }
    print("\(report.skippedCount) skipped, \(report.prunedCount) forgotten")
  }

  func list() async throws {
    for try await item in index.allItems() {
      for image in item.images { line(item.itemID, image.imageName, image.format, "\(image.width) x \(image.height)") }
    }
  }

  func groups() async throws {
    var wanted = LocalIndex.GroupOptions()
    wanted.keep = .largest
    var number = 0
    for try await group in index.groups(wanted) {
      number += 1
      for (place, member) in group.members.enumerated() {
        line(number, place == 0 ? "best" : "copy", member.image.itemID, member.relation.rawValue)
      }
      for member in group.related { line(number, "related", member.image.itemID, member.relation.rawValue) }
    }
  }

  func compare(_ first: String, _ second: String, overlay: String?) async throws {
    let comparison = try await index.compare(.image(.file(first)), .image(.file(second)))
    print(comparison.relation?.rawValue ?? "strangers")
    print(comparison.explanation)
    guard let overlay else { return }
    try save(try await index.overlay(.image(.file(first)), .image(.file(second))), overlay)
  }

  func show(_ itemID: String, thumbnail: String?) async throws {
    guard let item = try await index.item(itemID) else { throw Problem("there is no item \(itemID)") }
    for image in item.images {
      line(image.imageName, image.sha256, image.sourcePath ?? "None")
      for match in try await index.search(stored: itemID, imageName: image.imageName).matches {
        line("copy", match.itemID ?? "-", match.relation?.rawValue ?? "-")
      }
    }
    if let thumbnail, let first = item.images.first {
      try save(try await index.thumbnail(itemID: itemID, imageName: first.imageName), thumbnail)
    }
  }

  func prune(apply: Bool) async throws {
    let report = try await index.prune(apply: apply)
    for image in report.gone { line("gone", image.itemID, image.sourcePath ?? "") }
    for one in report.unknown { line("unknown", one.image.itemID, one.reason) }
  }

  func save(_ bytes: [UInt8], _ path: String) throws {
    guard let file = fopen(path, "wb") else { throw Problem("\(path) cannot be written") }
    defer { fclose(file) }
    guard fwrite(bytes, 1, bytes.count, file) == bytes.count else { throw Problem("\(path) cannot be written") }
  }
}
