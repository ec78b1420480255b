import Glibc
import Synchronization

/// Tells a process from the one that forked it, without asking the kernel for every request.
enum ForkCount {
  private static let count = Atomic(0)
  private static let isInstalled = pthread_atfork(nil, nil, { ForkCount.count.add(1, ordering: .relaxed) }) == 0

  /// A number that is another one in every child; the process's own where the system takes no handler.
  static var current: Int { isInstalled ? count.load(ordering: .relaxed) : Int(getpid()) }
}
