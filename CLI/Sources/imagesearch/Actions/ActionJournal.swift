import FoundationEssentials
import Glibc
@_spi(Command) import ImageIndex
@_spi(Command) import ImageSearch

/// The journal of actions: a line for each, on disk before the action changes anything, with everything needed to undo
/// it.
struct ActionJournal: ~Copyable {
  /// One action in the journal.
  struct Entry {
    enum Kind: String { case hardlink, move }

    var number: Int
    var kind: Kind
    var path: FilePath
    /// The file that is kept, or the destination of the file.
    var other: FilePath
    /// The temporary name of a link before it replaces a file.
    var temporary: FilePath?
    var sha256: String
    /// The previous state of the file.
    var status: Saved
    /// The file that is kept.
    var device: UInt64
    var inode: UInt64
  }

  /// The attributes that undo restores.
  struct Saved {
    var size: Int64
    var mode: UInt32
    var owner: UInt32
    var group: UInt32
    var modified: Int64
    var accessed: Int64
  }

  private let file: OpenFile
  var path: FilePath { file.path }

  /// A new journal in the user's state folder.
  static func newPath() -> FilePath {
    let stamp = String(Date.now.ISO8601Format().map { $0 == ":" ? "-" : $0 })
    return Places.state.appending("actions").appending("\(stamp)-\(getpid()).jsonl")
  }

  /// Creates a journal; an existing file is never overwritten.
  init(new path: FilePath) throws { file = try Self.begin(path) }

  /// Opens a journal to undo its actions.
  init(undoing path: FilePath) throws { file = try Self.open(path) }

  private static func begin(_ path: FilePath) throws -> OpenFile {
    do {
      try makeFolder(path.parent)
      let file = try OpenFile(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW)
      try file.write(Array((JSON.object([.init("journal", "actions"), .init("version", 1)]).line + "\n").utf8))
      try file.synchronize()
      synchronizeFolder(path.parent)
      return file
    } catch {
      let reason = error.number == EEXIST ? "it is there already; name another" : error.reason
      throw CommandError(.system, "the journal \(displayable(path.text)) cannot be written: \(reason)")
    }
  }

  private static func open(_ path: FilePath) throws -> OpenFile {
    let file: OpenFile
    do {
      file = try OpenFile(path, O_RDWR | O_APPEND | O_NONBLOCK)
    } catch {
      throw CommandError(.usage, "the journal \(displayable(path.text)) cannot be opened: \(error.reason)")
    }
    guard (try? file.status())?.kind == .file else {
      throw CommandError(.usage, "\(displayable(path.text)) is no file")
    }
    guard flock(file.descriptor, LOCK_EX | LOCK_NB) == 0 else {
      throw CommandError(.usage, "another undo has the journal \(displayable(path.text)) open")
    }
    return file
  }

  /// The actions that were done and not undone since, in order.
  func entries() throws -> [Entry] {
    let bytes: [UInt8]
    do { bytes = try file.contents(limit: 1 << 31) } catch {
      throw CommandError(.usage, "the journal \(displayable(path.text)) cannot be read: \(error.reason)")
    }
    // What is written next would continue a truncated line.
    if let last = bytes.last, last != UInt8(ascii: "\n") {
      do { try file.write([UInt8(ascii: "\n")]) } catch {
        throw CommandError(.system, "the journal \(displayable(path.text)) cannot be written: \(error.reason)")
      }
    }
    var entries: [Entry] = []
    var undone: Set<Int> = []
    var isFirst = true
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      // A truncated line was written before anything was changed.
      guard let json = try? JSON(Array(line)) else { continue }
      if isFirst {
        guard json["journal"].string == "actions", json["version"].integer == 1 else { break }
        isFirst = false
      } else if let number = json["undone"].integer {
        undone.insert(number)
      } else if let entry = Entry(json) {
        entries.append(entry)
      }
    }
    guard !isFirst else { throw CommandError(.usage, "\(displayable(path.text)) is no journal of actions") }
    return entries.filter { !undone.contains($0.number) }
  }

  /// Writes an action that is about to be done; it is on disk when this returns.
  func begin(_ entry: Entry) throws { try write(entry.json) }

  func undone(_ number: Int) throws { try write(.object([.init("undone", JSON(number))])) }

  private func write(_ line: JSON) throws {
    do {
      try file.write(Array((line.line + "\n").utf8))
      try file.synchronize()
    } catch {
      throw CommandError(
        .system, "the journal \(displayable(path.text)) cannot be written: \(error.reason); nothing more is changed")
    }
  }
}

extension ActionJournal.Entry {
  fileprivate var json: JSON {
    var members: [JSON.Member] = [
      .init("number", JSON(number)), .init("action", .text(kind.rawValue)), .init("path", .text(path.text)),
      .init("other", .text(other.text)),
    ]
    if let temporary { members.append(.init("temporary", .text(temporary.text))) }
    members += [
      .init("sha256", .text(sha256)), .init("size", .number(String(status.size))),
      .init("mode", .number(String(status.mode))),
      .init("owner", .number(String(status.owner))), .init("group", .number(String(status.group))),
      .init("modified", .number(String(status.modified))), .init("accessed", .number(String(status.accessed))),
      .init("device", .text(String(device))), .init("inode", .text(String(inode))),
    ]
    return .object(members)
  }

  fileprivate init?(_ json: JSON) {
    guard let number = json["number"].integer, let kind = json["action"].string.flatMap(Kind.init(rawValue:)),
      let path = json["path"].string, let other = json["other"].string, let sha256 = json["sha256"].string,
      let size = json["size"].integer, let mode = json["mode"].integer.flatMap({ UInt32(exactly: $0) }),
      let owner = json["owner"].integer.flatMap({ UInt32(exactly: $0) }),
      let group = json["group"].integer.flatMap({ UInt32(exactly: $0) }),
      let modified = json["modified"].integer, let accessed = json["accessed"].integer,
      let device = json["device"].string.flatMap({ UInt64($0) }),
      let inode = json["inode"].string.flatMap({ UInt64($0) })
    else { return nil }
    func file(_ text: String) -> FilePath { FilePath(bytes: LocalIndex.pathBytes(of: text)) }
    self.init(
      number: number, kind: kind, path: file(path), other: file(other), temporary: json["temporary"].string.map(file),
      sha256: sha256,
      status: .init(
        size: Int64(size), mode: mode, owner: owner, group: group, modified: Int64(modified), accessed: Int64(accessed)),
      device: device, inode: inode)
  }
}

extension ActionJournal.Saved {
  init(_ status: FileStatus) {
    self.init(
      size: status.size, mode: status.mode, owner: status.owner, group: status.group, modified: status.modified,
      accessed: status.accessed)
  }
}
