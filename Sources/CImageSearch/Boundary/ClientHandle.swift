import CImageSearchHeader
import ImageSearch

/// Behind `imagesearch_client`.
final class ClientHandle: Handle, Sendable {
  let service: any SearchService
  let callbacks: CallbackThread
  nonisolated(unsafe) let name: UnsafePointer<CChar>?
  private nonisolated(unsafe) let arena: Arena
  private let epoch = ForkGuard.epoch

  /// Opens a client. The threads of background calls are created now, so that a call cannot fail for lack of them.
  ///
  /// - Parameters:
  ///   - limits: the service's own limits.
  ///   - make: opens the service; not called in a forked child.
  static func open(
    _ options: UnsafePointer<imagesearch_client_options>?, limits: RequestLimits,
    _ make: (Reading.Client) throws -> any SearchService
  ) throws -> ClientHandle {
    try ForkGuard.check()
    try CallThreads.start()
    let callbacks = CallbackThread()
    do {
      return try ClientHandle(make(Reading.client(options, limits: limits, callbacks)), callbacks)
    } catch {
      callbacks.free()
      throw error
    }
  }

  /// - Parameter callbacks: the thread of the client's callbacks.
  init(_ service: any SearchService, _ callbacks: CallbackThread) throws {
    self.service = service
    self.callbacks = callbacks
    arena = Arena()
    name = try arena.add(service.name)
  }

  /// The client of a call.
  ///
  /// - Throws: ``ImageSearchError/Code/closed`` after a fork.
  static func open(_ pointer: OpaquePointer?, _ name: String = "client") throws -> ClientHandle {
    let handle = try required(pointer, name)
    try ForkGuard.check()
    return handle
  }

  /// `false` in a forked child, where locks may be held by threads that do not exist.
  private var isHere: Bool { ForkGuard.epoch == epoch }

  func close() { if isHere { service.close() } }

  /// Closes the client, and returns when the log has been delivered.
  func free() {
    guard isHere else { return }
    service.close()
    callbacks.free()
  }
}
