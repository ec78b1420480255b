import COpenSSL
import Glibc

/// Threads of our own: what a call depends on is made when a client opens and not left to a pool that may get no thread later.
package enum SystemThread {
  /// Starts a detached thread that takes no signals sent to the process: those belong to the program that loaded us. What a thread
  /// does to itself, such as reading a mapped file that was cut short, it does take: blocked, it ends the process whoever handles it.
  ///
  /// - Parameters:
  ///   - name: what debuggers and `top` show, cut to 15 bytes by the system.
  ///   - body: what it does; the thread ends with it.
  /// - Throws: ``ImageSearchError/Code/outOfMemory`` when the system gives no thread.
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
      throw ImageSearchError(.outOfMemory, "the system gives no thread: \(String(cString: strerror(result)))")
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
