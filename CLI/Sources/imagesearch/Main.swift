import ArgumentParser
import ImageSearch

@main
struct Main: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "imagesearch",
    abstract: "Finds where an image comes from, and every duplicate in a collection.",
    version: LibraryVersion.text,
    subcommands: [Services.self])
}
