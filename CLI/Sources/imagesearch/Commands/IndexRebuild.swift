import ArgumentParser
@_spi(Command) import ImageIndex
@_spi(Command) import ImageSearch

struct IndexRebuild: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rebuild",
    abstract: "Upgrade the index to the current version, and repair damage.",
    usage: "imagesearch index rebuild [options]",
    discussion: """
      Features are computed again from the files, or from the thumbnails of images whose files are gone. Intact data are kept.

      imagesearch index rebuild
      """)

  @OptionGroup var index: IndexOption
  @OptionGroup var output: OutputOptions

  func run() async throws {
    output.begin()
    let path = try Settings().index(index.index).path.absolute
    guard let text = path.utf8 else { throw CommandError(.usage, "the path of the index, \(path.text), is not UTF-8") }
    Interruption.shared.hint { "the same command goes on from there" }
    let report: AddReport
    do {
      report = try await withProgress("looked at") { try await LocalIndex.rebuild(path: text, progress: $0) }
    } catch let error as ImageSearchError where error.code == .indexCorrupt {
      // Nothing is left from which an image could be restored.
      throw CommandError(
        .index,
        "\(displayable(error.message)); it cannot be mended: move \(displayable(text)) away, and add the images again")
    }
    do {
      try AddOutput(command: "index rebuild", form: output.form, path: text).write(
        report, words: ("added", "made anew"))
    } catch let ending as Ending where ending.exit == .nothing {
      // An empty index needs no rebuild.
    }
  }
}
