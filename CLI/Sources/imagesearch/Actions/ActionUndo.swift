import CSystem
import Glibc
@_spi(Command) import ImageSearch

/// Reverts the actions of a journal, the last first; files that have changed since are left as they are.
struct ActionUndo: ~Copyable {
  enum Outcome {
    case done
    /// The action was not done: the run ended after its line was written.
    case nothing
    case skipped(String)
  }

  private let journal: ActionJournal

  init(_ path: FilePath) throws { journal = try ActionJournal(undoing: path) }

  func entries() throws -> [ActionJournal.Entry] { try journal.entries().reversed() }

  func undo(_ entry: ActionJournal.Entry) throws -> Outcome {
    do {
      let wasDone = try entry.kind == .hardlink ? separate(entry) : moveBack(entry)
      try journal.undone(entry.number)
      return wasDone ? .done : .nothing
    } catch let skip as Skip {
      return .skipped(skip.reason)
    }
  }

  /// Replaces a link by a separate file with its previous attributes.
  private func separate(_ entry: ActionJournal.Entry) throws -> Bool {
    if let temporary = entry.temporary, let status = try? FileStatus.of(temporary, follow: false),
      status.device == entry.device, status.inode == entry.inode
    {
      // The link that was prepared but did not replace the file; the file has other names.
      if status.links > 1 { _ = temporary.withCString { unlink($0) } }
    }
    let file = try FileContent.open(entry.path)
    let status = file.status
    guard status.device == entry.device, status.inode == entry.inode else {
      // Never linked, or replaced by something else.
      if status.size == entry.status.size, status.modified == entry.status.modified { return false }
      throw Skip("it is not the link that was made; somebody has replaced it since")
    }
    try FileContent.check(file, is: entry.sha256, size: Int(entry.status.size))
    let copy = entry.path.parent.appending(".imagesearch-\(getpid())-\(entry.number).undo")
    do {
      let made = try OpenFile(copy, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW)
      do {
        guard lseek(file.file.descriptor, 0, SEEK_SET) == 0 else { throw SystemError(entry.path.text) }
        try made.write(file.file.contents(limit: Int(entry.status.size) + 1))
        // Owner first: changing it clears some bits of the mode.
        if fchown(made.descriptor, entry.status.owner, entry.status.group) != 0 {
          let now = try made.status()
          guard now.owner == entry.status.owner, now.group == entry.status.group else {
            throw SystemError("its owner cannot be given back", errno)
          }
        }
        guard fchmod(made.descriptor, mode_t(entry.status.mode)) == 0 else {
          throw SystemError("its mode cannot be given back")
        }
        var times = [Self.time(entry.status.accessed), Self.time(entry.status.modified)]
        guard futimens(made.descriptor, &times) == 0 else { throw SystemError("its times cannot be given back") }
        guard fsync(made.descriptor) == 0 else { throw SystemError(copy.text) }
        guard FileContent.isUnchanged(entry.path, status) else { throw Skip("it has changed since") }
        guard copy.withCString({ from in entry.path.withCString { rename(from, $0) } }) == 0 else {
          throw SystemError(entry.path.text)
        }
      } catch {
        _ = copy.withCString { unlink($0) }
        throw error
      }
    } catch let error as SystemError {
      throw Skip("\(error.what): \(error.reason)")
    }
    synchronizeFolder(entry.path.parent)
    return true
  }

  private static func time(_ nanoseconds: Int64) -> timespec {
    let (seconds, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
    return rest < 0
      ? timespec(tv_sec: Int(seconds) - 1, tv_nsec: Int(rest) + 1_000_000_000)
      : timespec(tv_sec: Int(seconds), tv_nsec: Int(rest))
  }

  private func moveBack(_ entry: ActionJournal.Entry) throws -> Bool {
    guard let there = try? FileStatus.of(entry.other, follow: false) else {
      if let here = try? FileStatus.of(entry.path, follow: false), here.device == entry.device,
        here.inode == entry.inode
      {
        return false
      }
      throw Skip("\(entry.other.text) is not there any more")
    }
    guard there.device == entry.device, there.inode == entry.inode else {
      // The run ended before the file was moved, and another file has that name.
      if let here = try? FileStatus.of(entry.path, follow: false), here.device == entry.device,
        here.inode == entry.inode
      {
        return false
      }
      throw Skip("\(entry.other.text) is another file now")
    }
    guard there.size == entry.status.size, there.modified == entry.status.modified else {
      throw Skip("\(entry.other.text) has changed since")
    }
    let result = entry.other.withCString { from in entry.path.withCString { csystem_rename_no_replace(from, $0) } }
    guard result == 0 else {
      let number = errno
      throw Skip(
        number == EEXIST
          ? "something else is in its old place, \(entry.path.text)"
          : "it cannot be moved back: \(String(cString: strerror(number)))")
    }
    synchronizeFolder(entry.path.parent)
    synchronizeFolder(entry.other.parent)
    return true
  }
}
