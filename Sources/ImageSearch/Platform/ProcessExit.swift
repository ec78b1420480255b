import COpenSSL
import Glibc
import Synchronization

/// Keeps threads out of libcurl and libcrypto once the process ends.
///
/// `exit` runs OpenSSL's clean-up, which frees locks and tables that a thread of ours may be using: a TLS record, a hash, a
/// random number at that moment is a crash. Handlers of `exit` run in the reverse order of their registration, so ours, which is
/// registered after OpenSSL was initialised, runs first: it lets in nobody else and waits for those who are inside. OpenSSL's own
/// answer (`OPENSSL_INIT_NO_ATEXIT`) works only for who initialises it first, which in Python or in a program with TLS of its own
/// is not us, and would take the clean-up away from that program.
enum ProcessExit {
  /// How many uses are under way, and in the highest bit whether the process ends.
  private static let state = Atomic<UInt>(0)
  private static let ending: UInt = 1 << (UInt.bitWidth - 1)
  /// The longest that `exit` waits: every use is a matter of microseconds, unless a stopped debugger or a dead disk holds it.
  private static let patience = 2.0

  private static let isInstalled: Bool = {
    // Asked for nothing, OpenSSL returns at once and registers its handler later, after ours.
    _ = OPENSSL_init_crypto(UInt64(OPENSSL_INIT_LOAD_CRYPTO_STRINGS | OPENSSL_INIT_ADD_ALL_DIGESTS), nil)
    return atexit { ProcessExit.waitForUses() } == 0
  }()

  /// Begins a use; each that began ends with ``leave()``.
  ///
  /// - Returns: `false` when the process ends: the caller must not touch either library.
  static func enter() -> Bool {
    _ = isInstalled
    let before = state.wrappingAdd(1, ordering: .acquiring).oldValue
    guard before & ending == 0 else {
      leave()
      return false
    }
    return true
  }

  static func leave() { state.wrappingSubtract(1, ordering: .releasing) }

  /// Whether `exit` was called.
  static var isUnderWay: Bool { state.load(ordering: .acquiring) & ending != 0 }

  /// Ends the calling thread's part in the process without ending the thread, whose stack others may still point into.
  static func park() -> Never {
    while true { sleep(3600) }
  }

  private static let owner = ForkGuard.epoch

  private static func waitForUses() {
    state.bitwiseOr(ending, ordering: .acquiringAndReleasing)
    // A child of a fork has the count of uses, but not the threads that would end them.
    guard ForkGuard.epoch == owner else { return }
    // A callback within a use may be what calls `exit`.
    let own: UInt = TransferThread.isCurrent ? 1 : 0
    let end = SystemTime().now + patience
    while state.load(ordering: .acquiring) & ~ending > own, SystemTime().now < end { usleep(100) }
  }
}
