import ArgumentParser
@_spi(Command) import ImageIndex
@_spi(Command) import ImageSearch

struct OverlayCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "overlay",
    abstract: "Draw two images, aligned.",
    usage: "imagesearch overlay IMAGE OTHER --to FILE.png [--style STYLE]",
    discussion: """
      imagesearch overlay original.jpg copy.png --to both.png
      imagesearch overlay original.jpg copy.png --to both.png --style blend
      """)

  @Argument(help: ArgumentHelp("A file or a URL.", valueName: "image"), completion: .file())
  var first: String
  @Argument(help: ArgumentHelp("Another one.", valueName: "other"), completion: .file())
  var second: String
  @Option(
    name: [.customShort("o"), .long], help: ArgumentHelp("The PNG to write.", valueName: "file.png"),
    completion: .file(extensions: ["png"]))
  var to: String
  @Option(
    help: ArgumentHelp("aligned (half of each), side-by-side or blend.", valueName: "style"),
    completion: .list(OverlayName.all))
  var style = "aligned"
  @Flag(name: [.customShort("q"), .long], help: "No notes.")
  var quiet = false

  func run() async throws {
    Console.shared.setQuiet(quiet)
    let style = try OverlayName.style(style)
    let images = try [first, second].map(NamedImage.init)
    let scratch = try ScratchIndex()
    let index = scratch.index
    defer { scratch.close() }
    do {
      let drawn = try await index.overlay(.image(images[0].source), .image(images[1].source), style: style)
      try OutputFile.write(drawn, to: FilePath(argument: to), sources: images)
    } catch let error as ImageSearchError where error.code == .notFound {
      throw CommandError(.nothing, explanation(error))
    }
    Console.shared.note("imagesearch: wrote \(displayable(FilePath(argument: to).text))")
  }
}
