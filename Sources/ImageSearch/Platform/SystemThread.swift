import COpenSSL
import Glibc

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
