import ArgumentParser

struct IndexCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "index",
    abstract: "Manage the index of your own images.",
    discussion: """
      An index contains features and small thumbnails; the images stay where they are.

      imagesearch index add ~/Photos
      imagesearch index add ~/Photos --prune
      imagesearch index list
      """,
    subcommands: [IndexAdd.self, IndexList.self, IndexInfo.self, IndexRemove.self, IndexRebuild.self, IndexCopy.self])
}
