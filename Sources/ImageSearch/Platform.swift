import COpenSSL
import Glibc
// If the Swift runtime is linked statically, the compiler finds `timespec` in this module first.
import SwiftOverlayShims
import Synchronization

/// What the operating system provides, apart from files (``RegularFile``) and connections (Transport/Curl): a port to
/// another system begins here.
enum Platform {
  /// Seconds on a monotonic clock.
  static var monotonicTime: Double { read(CLOCK_MONOTONIC) }
  /// Seconds since 1970-01-01 00:00 UTC.
  static var unixTime: Double { read(CLOCK_REALTIME) }

  private static func read(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  static var processID: Int { Int(getpid()) }

  /// Runs a function in every child that the process forks.
  ///
  /// - Returns: `false` if the system refuses.
  static func afterFork(_ handler: @escaping @convention(c) () -> Void) -> Bool {
    pthread_atfork(nil, nil, handler) == 0
  }

  /// Returns the value of an environment variable; as in libcurl, an empty one counts as unset.
  static func environment(_ name: String) -> String? {
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    return String(cString: value)
  }

  static func isReadable(_ path: String) -> Bool { access(path, R_OK) == 0 }

  static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Fills a buffer from the kernel's generator.
  ///
  /// - Returns: `nil`, or the system's reason for giving nothing.
  static func fillWithRandom(_ buffer: UnsafeMutableRawBufferPointer) -> String? {
    var filled = 0
    while filled < buffer.count {
      let got = getrandom(buffer.baseAddress?.advanced(by: filled), buffer.count - filled, 0)
      if got < 0, errno == EINTR { continue }
      guard got > 0 else { return String(cString: strerror(errno)) }
      filled += got
    }
    return nil
  }

  private typealias LookUp =
    @convention(c) (UnsafePointer<CChar>, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>, Int32) -> Int32

  /// `idn2_lookup_u8`, from the library that libcurl has loaded.
  private static let lookUp: LookUp? = {
    guard let library = dlopen("libidn2.so.0", RTLD_NOLOAD | RTLD_LAZY) else { return nil }
    return dlsym(library, "idn2_lookup_u8").map { unsafeBitCast($0, to: LookUp.self) }
  }()

  /// Converts the name of a host in any script to ASCII.
  ///
  /// libcurl calls libidn2 in the character set of the process's locale, which is ASCII unless the program sets one; if
  /// libidn2 was loaded with libcurl, it is called directly, in UTF-8.
  ///
  /// - Returns: `nil` if there is no libidn2, or the name is invalid.
  static func asciiHost(_ name: String) -> String? {
    var host: UnsafeMutablePointer<CChar>?
    // IDN2_NFC_INPUT and IDN2_NONTRANSITIONAL: UTS 46 as in browsers.
    guard let lookUp, lookUp(name, &host, 1 | 8) == 0, let host else { return nil }
    defer { free(host) }
    return String(cString: host)
  }

  /// Returns the 4 or 16 bytes of an IP address in its numeric form.
  static func addressBytes(_ text: String) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: 16)
    if inet_pton(AF_INET, text, &bytes) == 1 { return Array(bytes.prefix(4)) }
    return inet_pton(AF_INET6, text, &bytes) == 1 ? bytes : nil
  }

  /// Returns the numeric form of an IP address of 4 or 16 bytes.
  static func addressText(_ bytes: [UInt8]) -> String {
    var buffer = [CChar](repeating: 0, count: 64)
    guard inet_ntop(bytes.count == 4 ? AF_INET : AF_INET6, bytes, &buffer, 64) != nil else { return "" }
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Allocates pages that contain nothing else and are excluded from swap and core dumps if the system allows it.
  ///
  /// - Returns: `nil` if there is no memory.
  static func allocatePrivatePages(_ count: Int) -> UnsafeMutableRawBufferPointer? {
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let size = (count + page - 1) / page * page
    let pages = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let pages, pages != MAP_FAILED else { return nil }
    // Both may fail, for instance because of a limit; the pages work nevertheless.
    _ = mlock(pages, size)
    _ = madvise(pages, size, imagesearch_madv_dontdump)
    return UnsafeMutableRawBufferPointer(start: pages, count: size)
  }

  static func freePages(_ pages: UnsafeMutableRawBufferPointer) { munmap(pages.baseAddress, pages.count) }
}

/// Threads of our own: the threads that a call depends on are created when a client opens, not by a pool that may be
/// refused one later.
package enum SystemThread {
  /// Starts a detached thread that blocks signals sent to the process, which are for the program that loaded us.
  /// Signals that the thread itself causes, such as SIGBUS from a mapped file that was truncated, are not blocked: a
  /// blocked one would end the process even if there is a handler.
  ///
  /// - Parameters:
  ///   - name: shown by debuggers and `top`; the system truncates it to 15 bytes.
  ///   - body: the thread's work; the thread ends when it returns.
  /// - Throws: ``ImageSearchError/Code/outOfMemory`` when no thread can be created.
  package static func start(
    name: String, _ body: @escaping @Sendable () -> Void
  ) throws(ImageSearchError) {
    let context = Unmanaged.passRetained(Work(name, body))
    var thread = pthread_t()
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    for own in [SIGBUS, SIGSEGV, SIGFPE, SIGILL, SIGTRAP, SIGSYS] { sigdelset(&all, own) }
    pthread_sigmask(SIG_SETMASK, &all, &before)
    let result = pthread_create(
      &thread, nil,
      { context in
        if let context { Unmanaged<Work>.fromOpaque(context).takeRetainedValue().run() }
        return nil
      }, context.toOpaque())
    pthread_sigmask(SIG_SETMASK, &before, nil)
    guard result == 0 else {
      context.release()
      throw ImageSearchError(.outOfMemory, "a thread cannot be created: \(String(cString: strerror(result)))")
    }
    pthread_detach(thread)
  }

  private final class Work: Sendable {
    private let name: String
    private let body: @Sendable () -> Void

    init(_ name: String, _ body: @escaping @Sendable () -> Void) {
      self.name = String(decoding: name.utf8.prefix(15), as: UTF8.self)
      self.body = body
    }

    func run() {
      pthread_setname_np(pthread_self(), name)
      body()
    }
  }
}

/// Checks of allocations whose size comes from outside: a file, a response, an image. Swift's own containers end the
/// process when memory is exhausted.
package enum Memory {
  /// Smaller sizes are not checked; a program without even that much memory cannot continue anyway.
  private static let worthChecking = 64 << 10
  /// Memory that must remain for unchecked allocations.
  private static let spare = 1 << 20

  /// Allocates and frees memory, right before a container allocates it.
  ///
  /// - Parameter what: its purpose, for the message.
  /// - Throws: ``ImageSearchError/Code/outOfMemory`` when there is not enough.
  package static func check(_ count: Int, for what: @autoclosure () -> String) throws(ImageSearchError) {
    guard count >= worthChecking else { return }
    // A container adds its header, and rounds up; and small allocations, which are not checked, must still succeed.
    let (size, isTooLarge) = count.addingReportingOverflow(count / 8 + spare)
    // Not by malloc and free: the optimiser removes a pair whose memory is unused, and assumes that it succeeded.
    let memory = isTooLarge ? MAP_FAILED : mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let memory, memory != MAP_FAILED else {
      throw ImageSearchError(.outOfMemory, "no memory for \(what()) (\(count) bytes)")
    }
    munmap(memory, size)
  }

  /// Upper bound of the small allocations of a call.
  private static let ofCall = 4 << 20
  /// Seconds for which a result of ``checkForCall()`` is valid.
  private static let validity = 0.001
  /// Time of the last check, as the bits of a monotonic time.
  private static let asked = Atomic<UInt64>(0)

  /// Checks that there is memory for the small allocations of a call, none of which is checked by itself.
  ///
  /// The result is valid for a millisecond, for all threads: a check takes two system calls under the lock of the process's
  /// address space, which is a fifth of the CPU of a small request when 200 are in flight.
  package static func checkForCall() throws(ImageSearchError) {
    let now = Platform.monotonicTime
    guard now - Double(bitPattern: asked.load(ordering: .relaxed)) >= validity else { return }
    try check(ofCall, for: "a call")
    asked.store(now.bitPattern, ordering: .relaxed)
  }

  /// Returns `count` zero bytes.
  ///
  /// - Throws: ``ImageSearchError/Code/outOfMemory`` when there is not enough memory.
  package static func bytes(_ count: Int, for what: @autoclosure () -> String) throws(ImageSearchError) -> [UInt8] {
    try check(count, for: what())
    return [UInt8](repeating: 0, count: max(0, count))
  }
}

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
  private static let longestWait = 2.0

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
    let end = SystemTime().now + longestWait
    while state.load(ordering: .acquiring) & ~ending > own, SystemTime().now < end { usleep(100) }
  }
}
