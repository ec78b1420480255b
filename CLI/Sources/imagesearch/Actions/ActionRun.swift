import CSystem
import Glibc

/// Performs planned actions, one file after the other: each file is checked again just before, the action is recorded
/// before, and nothing is overwritten.
final class ActionRun {
  private let journal: ActionJournal
  private var number = 0

  init(journal path: FilePath) throws { journal = try ActionJournal(new: path) }

  /// - Throws: ``CommandError`` when the journal cannot be written; errors of a file are in the outcome.
  func perform(_ action: FileAction) throws -> FileAction.Outcome {
    do {
      switch action.kind {
      case .hardlink: return try link(action)
      case .move(let folder): return try move(action, folder)
      }
    } catch let skip as Skip {
      return .skipped(skip.reason)
    }
  }

  private func link(_ action: FileAction) throws -> FileAction.Outcome {
    let file = try FileContent.open(action.path)
    let kept = try FileContent.open(action.kept)
    let status = file.status
    let keptStatus = kept.status
    guard !status.isSameFile(as: keptStatus) else { throw Skip("it is another name of the same file already") }
    guard status.device == keptStatus.device else {
      throw Skip("it is on another file system than \(action.kept.text)")
    }
    try FileContent.check(file, is: action.sha256, size: action.size)
    guard try FileContent.areEqual(file, kept) else { throw Skip("it is not the same as \(action.kept.text) any more") }
    number += 1
    let temporary = action.path.parent.appending(".imagesearch-\(getpid())-\(number).tmp")
    try journal.begin(
      .init(
        number: number, kind: .hardlink, path: action.path, other: action.kept, temporary: temporary,
        sha256: action.sha256,
        status: .init(status), device: keptStatus.device, inode: keptStatus.inode))
    guard action.kept.withCString({ from in temporary.withCString { Glibc.link(from, $0) } }) == 0 else {
      throw Skip("it cannot be linked: \(String(cString: strerror(errno)))")
    }
    // The link is to the file that was compared, and neither has changed since.
    guard let made = try? FileStatus.of(temporary, follow: false), made.isUnchanged(since: keptStatus),
      FileContent.isUnchanged(action.path, status)
    else {
      _ = temporary.withCString { unlink($0) }
      throw Skip("it has changed since")
    }
    guard temporary.withCString({ from in action.path.withCString { rename(from, $0) } }) == 0 else {
      let reason = String(cString: strerror(errno))
      _ = temporary.withCString { unlink($0) }
      throw Skip("it cannot be replaced: \(reason)")
    }
    synchronizeFolder(action.path.parent)
    return .done(nil)
  }

  private func move(_ action: FileAction, _ folder: FilePath) throws -> FileAction.Outcome {
    let file = try FileContent.open(action.path)
    let kept = try FileContent.open(action.kept)
    let status = file.status
    try FileContent.check(file, is: action.sha256, size: action.size)
    do {
      try FileContent.check(kept, is: action.keptSHA256, size: action.keptSize)
    } catch {
      throw Skip("\(action.kept.text), which would be kept, has changed since")
    }
    if let reason = action.foreseen() { throw Skip(reason) }
    do { try makeFolder(folder) } catch { throw Skip("the folder \(folder.text) cannot be made: \(error.reason)") }
    for attempt in 1...10_000 {
      let target = folder.appending(Self.name(action.path.name, attempt))
      if (try? FileStatus.of(target, follow: false)) != nil { continue }
      guard FileContent.isUnchanged(action.path, status) else { throw Skip("it has changed since") }
      number += 1
      try journal.begin(
        .init(
          number: number, kind: .move, path: action.path, other: target, temporary: nil, sha256: action.sha256,
          status: .init(status),
          device: status.device, inode: status.inode))
      let result = action.path.withCString { from in target.withCString { csystem_rename_no_replace(from, $0) } }
      if result == 0 {
        synchronizeFolder(folder)
        synchronizeFolder(action.path.parent)
        return .done(target)
      }
      // The name was taken in the meantime.
      if errno == EEXIST { continue }
      throw Skip(
        errno == EXDEV ? FileAction.elsewhere(folder) : "it cannot be moved: \(String(cString: strerror(errno)))")
    }
    throw Skip("the folder \(folder.text) has too many files of that name")
  }

  /// `name.jpg`, `name (2).jpg` …
  private static func name(_ name: FilePath, _ attempt: Int) -> FilePath {
    guard attempt > 1 else { return name }
    let mark = Array(" (\(attempt))".utf8)
    guard let dot = name.bytes.lastIndex(of: UInt8(ascii: ".")), dot > 0 else {
      return FilePath(bytes: name.bytes + mark)
    }
    return FilePath(bytes: Array(name.bytes[..<dot]) + mark + Array(name.bytes[dot...]))
  }
}
