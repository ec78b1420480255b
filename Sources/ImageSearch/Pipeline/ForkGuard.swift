import Synchronization

/// Distinguishes a process from the one that forked it, without a system call each time.
///
/// A fork copies the memory of a process but only one of its threads. In the child, the work of the other threads is
/// never done, and a lock that one of them held stays locked, so a client that was opened before a fork is refused
/// after it.
package enum ForkGuard {
  private static let forks = Atomic(0)
  private static let isInstalled = Platform.afterFork { ForkGuard.forks.add(1, ordering: .relaxed) }
  /// The process that opened the first client.
  private static let owner = epoch

  /// A number that differs in every child; the process id if no fork handler could be installed.
  package static var epoch: Int { isInstalled ? forks.load(ordering: .relaxed) : Platform.processID }

  /// Whether this process is a child of the one that opened the first client.
  package static var isChild: Bool { epoch != owner }

  /// - Throws: ``ImageSearchError/Code/closed`` in a child of the process that opened the first client.
  package static func check() throws {
    if isChild {
      throw ImageSearchError(
        .closed,
        "this process was forked from one that had already opened a client; fork before the first client is opened, or exec"
      )
    }
  }
}
