import Glibc
import ImageSearch

/// A fork copies the memory of a process but not its threads. Once the library has run a call, Swift's own threads exist in the
/// parent only, and a call in the child would wait for them for ever: it is refused instead.
enum ForkGuard {
  private static let owner = getpid()

  /// - Throws: ``ImageSearchError/Code/closed`` in a child of the process that first opened a client.
  static func check() throws {
    guard getpid() == owner else {
      throw ImageSearchError(
        .closed,
        "this process was forked from one that had already opened a client; fork before the first client is opened, or exec"
      )
    }
  }
}
