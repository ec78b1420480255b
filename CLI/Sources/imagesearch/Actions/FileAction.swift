@_spi(Command) import ImageIndex
@_spi(Command) import ImageSearch

/// The action on a file that is a copy.
struct FileAction {
  enum Kind: Equatable {
    /// The file becomes a hard link to the one that is kept.
    case hardlink
    /// The file is moved to a folder.
    case move(FilePath)

    /// Parses the words after `--action`: further words are folders to search.
    ///
    /// - Returns: `nil` for listing only.
    static func read(_ words: [String]) throws -> (kind: Kind?, folders: [String]) {
      guard let word = words.first else { return (nil, []) }
      switch word {
      case "list": return (nil, Array(words.dropFirst()))
      case "hardlink": return (.hardlink, Array(words.dropFirst()))
      case "move-to":
        guard words.count > 1 else {
          throw CommandError(.usage, "--action move-to needs a folder: --action move-to FOLDER")
        }
        return (.move(FilePath(argument: words[1]).absolute), Array(words.dropFirst(2)))
      default:
        let known = ["list", "hardlink", "move-to"]
        let nearest = CommandSupport.nearest(to: word, among: known).map { "; did you mean \($0)?" } ?? ""
        throw CommandError(
          .usage, "there is no action \(displayable(word))\(nearest) (there are list, hardlink, and move-to FOLDER)")
      }
    }

    var name: String { if case .hardlink = self { "hardlink" } else { "move-to" } }
    var participle: String { if case .hardlink = self { "linked" } else { "moved" } }
  }

  enum Outcome {
    case planned
    case done(FilePath?)
    case skipped(String)
  }

  var kind: Kind
  /// The path of the file, as found.
  var path: FilePath
  var sha256: String
  var size: Int
  /// The file that is kept, which must still exist.
  var kept: FilePath
  var keptSHA256: String
  var keptSize: Int

  /// Plans the actions on a group.
  ///
  /// - Parameter roots: folders outside which nothing is touched, even through a link; without any, there is no
  ///   restriction.
  static func plan(_ kind: Kind, _ group: LocalIndex.Group, roots: [FilePath]) -> [FileAction] {
    /// The files that are kept: one, or for hard links one per content.
    var kept: [(path: FilePath, image: LocalIndex.Image)] = []
    var taken: Set<FilePath> = []
    var actions: [FileAction] = []
    for member in group.members {
      guard let bytes = member.image.sourcePathBytes else { continue }
      let path = FilePath(bytes: bytes)
      // A second item that is a link to the same file.
      guard taken.insert(path).inserted else { continue }
      let keeper = kind == .hardlink ? kept.first { $0.image.sha256 == member.image.sha256 } : kept.first
      guard let keeper else {
        kept.append((path, member.image))
        continue
      }
      guard roots.isEmpty || roots.contains(where: { path.isInside($0) }) else { continue }
      if case .move(let folder) = kind, path.isInside(folder) { continue }
      // Names of the same file need no action.
      if kind == .hardlink, let status = try? FileStatus.of(path), let other = try? FileStatus.of(keeper.path),
        status.isSameFile(as: other)
      {
        continue
      }
      actions.append(
        FileAction(
          kind: kind, path: path, sha256: member.image.sha256, size: member.image.fileSize, kept: keeper.path,
          keptSHA256: keeper.image.sha256, keptSize: keeper.image.fileSize))
    }
    return actions
  }

  /// Why it would not be done, as far as is known without reading the files; for a dry run.
  func foreseen() -> String? {
    guard let status = try? FileStatus.of(path, follow: false) else { return "it is not there any more" }
    switch kind {
    case .hardlink:
      guard let other = try? FileStatus.of(kept, follow: false), other.device != status.device else { return nil }
      return "it is on another file system than \(kept.text)"
    case .move(let folder):
      var place = folder
      while (try? FileStatus.of(place)) == nil, place.parent != place { place = place.parent }
      guard let there = try? FileStatus.of(place) else { return nil }
      guard there.kind == .folder else { return "\(place.text) is no folder" }
      return there.device == status.device ? nil : Self.elsewhere(folder)
    }
  }

  static func elsewhere(_ folder: FilePath) -> String {
    "\(folder.text) is on another file system, and nothing is ever deleted; name a folder on the same one"
  }

  func json(_ outcome: Outcome) -> JSON {
    var members: [JSON.Member] = [
      .init("action", .text(kind.name)), .init("path", .text(path.text)), .init("kept", .text(kept.text)),
    ]
    if case .move(let folder) = kind { members.append(.init("folder", .text(folder.text))) }
    switch outcome {
    case .planned: members.append(.init("outcome", "planned"))
    case .done(let target):
      members.append(.init("outcome", "done"))
      if let target { members.append(.init("moved_to", .text(target.text))) }
    case .skipped(let reason):
      members.append(.init("outcome", "skipped"))
      members.append(.init("reason", .text(reason)))
    }
    return .object(members)
  }

  /// A line of output.
  func line(_ outcome: Outcome) -> String? {
    switch outcome {
    case .skipped: return nil
    case .planned:
      switch kind {
      case .hardlink: return "would link  \(displayable(path.text)) to \(displayable(kept.text))"
      case .move(let folder): return "would move  \(displayable(path.text)) into \(displayable(folder.text))"
      }
    case .done(let target):
      return target.map { "moved  \(displayable(path.text)) to \(displayable($0.text))" }
        ?? "linked  \(displayable(path.text)) to \(displayable(kept.text))"
    }
  }
}
