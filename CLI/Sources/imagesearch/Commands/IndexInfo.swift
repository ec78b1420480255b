import ArgumentParser
import Glibc
@_spi(Command) import ImageIndex
@_spi(Command) import ImageSearch

struct IndexInfo: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info", abstract: "Show where the index is, and what is in it.",
    usage: "imagesearch index info [options]",
    discussion: """
      imagesearch index info
      imagesearch index info --index /srv/photos.index --json
      """)

  @OptionGroup var index: IndexOption
  @OptionGroup var output: OutputOptions

  func run() async throws {
    output.begin()
    let settings = try Settings()
    let opening = ServiceOpening(settings, keyCommand: nil)
    let source = settings.index(index.index).source
    let index = try opening.openIndex(index.index, writes: false)
    defer { index.close() }
    let images = try await index.imageCount()
    let categories = try await index.categories()
    let bytes = Self.size(of: FilePath(bytes: Array(index.path.utf8)))
    switch output.form {
    case .table:
      Console.shared.write(
        "\(displayable(index.path)) (\(source))\n\(count(images, "image")), \(byteCount(bytes)) on disk\n")
      var table = Table([.init(title: "CATEGORY"), .init(title: "IMAGES", isRight: true)])
      for category in categories { table.add([category.name, grouped(category.count)]) }
      if !table.isEmpty { Console.shared.write(table.text(width: Console.shared.outputWidth)) }
    case .csv:
      Console.shared.write(csvRow(["index", "images", "bytes"]) + csvRow([index.path, String(images), String(bytes)]))
    case .json, .jsonl:
      let json = JSON.object([
        .init("index", .text(index.path)), .init("source", .text(source)), .init("images", JSON(images)),
        .init("bytes", JSON(bytes)),
        .init("categories", .object(categories.map { .init($0.name, JSON($0.count)) })),
      ])
      Console.shared.write(output.form == .json ? json.document : json.line + "\n")
    }
  }

  /// Total size of the files in a folder and its subfolders.
  private static func size(of folder: FilePath) -> Int {
    guard let open = folder.withCString({ opendir($0) }) else { return 0 }
    defer { closedir(open) }
    var sum = 0
    while let entry = readdir(open) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { raw in Array(raw.prefix { $0 != 0 }) }
      guard name != Array(".".utf8), name != Array("..".utf8) else { continue }
      let path = folder.appending(FilePath(bytes: name))
      guard let status = try? FileStatus.of(path, follow: false) else { continue }
      sum += status.kind == .folder ? size(of: path) : Int(status.size)
    }
    return sum
  }
}
