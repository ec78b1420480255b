import COpenSSL
import Glibc
import Synchronization

/// Keeps threads out of libcurl and libcrypto once the process exits.
///
/// `exit` runs OpenSSL's clean-up, which frees locks and tables that a thread of ours may be using: a TLS record, a
/// hash or a random number at that moment would crash. `exit` handlers run in reverse order of registration, so ours,
/// which is registered after OpenSSL was initialised, runs first: it admits no further use and waits for those in
/// progress. OpenSSL's own solution (`OPENSSL_INIT_NO_ATEXIT`) works only for the code that initialises it first, which
/// in Python or in a program with its own TLS is not us, and would take the clean-up away from that program.
enum ProcessExit {
  /// Number of uses in progress, and in the highest bit whether the process is exiting.
  private static let state = Atomic<UInt>(0)
  private static let ending: UInt = 1 << (UInt.bitWidth - 1)
  /// The longest that `exit` waits, in seconds: a use takes microseconds, unless a debugger or a dead disk stops it.
  private static let patience = 2.0

  private static let isInstalled: Bool = {
    // Without options OpenSSL returns at once and registers its handler later, after ours.
    _ = OPENSSL_init_crypto(UInt64(OPENSSL_INIT_LOAD_CRYPTO_STRINGS | OPENSSL_INIT_ADD_ALL_DIGESTS), nil)
    return atexit { ProcessExit.waitForUses() } == 0
  }()

  /// Begins a use, which ``leave()`` ends.
  ///
  /// - Returns: `false` when the process is exiting: the caller must not use either library.
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

  /// Blocks the calling thread for ever instead of ending it, because others may still point into its stack.
  static func park() -> Never {
    while true { sleep(3600) }
  }

  private static let owner = ForkGuard.epoch

  private static func waitForUses() {
    state.bitwiseOr(ending, ordering: .acquiringAndReleasing)
    // A forked child has the count of uses, but not the threads that would end them.
    guard ForkGuard.epoch == owner else { return }
    // `exit` may have been called by a callback within a use.
    let own: UInt = TransferThread.isCurrent ? 1 : 0
    let end = SystemTime().now + patience
    while state.load(ordering: .acquiring) & ~ending > own, SystemTime().now < end { usleep(100) }
  }
}
