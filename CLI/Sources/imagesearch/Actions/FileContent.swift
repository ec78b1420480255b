import Glibc
@_spi(Command) import ImageSearch

/// Checks the content of files before an action.
enum FileContent {
  /// An open file with its status.
  struct Opened: ~Copyable {
    let file: OpenFile
    let status: FileStatus
  }

  /// Opens a regular file that is not a link.
  static func open(_ path: FilePath) throws(Skip) -> Opened {
    do {
      // Never blocks on a pipe.
      let file = try OpenFile(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
      let status = try file.status()
      guard status.kind == .file else { throw Skip("it is no file any more") }
      return Opened(file: file, status: status)
    } catch let error as SystemError {
      throw Skip(error.number == ELOOP ? "it is a link now" : "it cannot be opened: \(error.reason)")
    } catch let skip as Skip {
      throw skip
    } catch {
      throw Skip("it cannot be opened")
    }
  }

  /// - Throws: ``Skip`` when the digest does not match.
  static func check(_ opened: borrowing Opened, is sha256: String, size: Int) throws(Skip) {
    let changed = Skip("it has changed since")
    guard opened.status.size == Int64(size) else { throw changed }
    let digest: String
    do {
      guard lseek(opened.file.descriptor, 0, SEEK_SET) == 0 else { throw changed }
      digest = try CommandSupport.sha256(opened.file.contents(limit: size + 1))
    } catch let error as SystemError where error.number != EFBIG {
      throw Skip("it cannot be read: \(error.reason)")
    } catch {
      throw changed
    }
    guard digest == sha256 else { throw changed }
  }

  /// Whether two files have the same bytes, both read again.
  static func areEqual(_ first: borrowing Opened, _ second: borrowing Opened) throws(Skip) -> Bool {
    // Another size may be any size.
    guard first.status.size == second.status.size else { return false }
    guard lseek(first.file.descriptor, 0, SEEK_SET) == 0, lseek(second.file.descriptor, 0, SEEK_SET) == 0 else {
      return false
    }
    do {
      let a = try first.file.contents(limit: 1 << 31)
      let b = try second.file.contents(limit: 1 << 31)
      return a == b
    } catch {
      throw Skip("it cannot be read: \(error.reason)")
    }
  }

  /// Whether a path still leads to the file that was checked, and it has not been written to since.
  static func isUnchanged(_ path: FilePath, _ status: FileStatus) -> Bool {
    guard let now = try? FileStatus.of(path, follow: false), now.kind == .file else { return false }
    return now.isUnchanged(since: status)
  }
}

/// Why a file is left as it is.
struct Skip: Error {
  var reason: String
  init(_ reason: String) { self.reason = reason }
}
