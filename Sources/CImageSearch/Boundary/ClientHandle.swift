import CImageSearchHeader
import ImageSearch

/// Behind `imagesearch_client`.
final class ClientHandle: Handle, Sendable {
  let service: any SearchService
  let callbacks: CallbackThread
  nonisolated(unsafe) let name: UnsafePointer<CChar>?
  private nonisolated(unsafe) let arena: Arena
  private let epoch = ForkGuard.epoch

  /// Opens a client. The threads of calls in the background are had now: a call would be the wrong time to find that there are none.
  ///
  /// - Parameters:
  ///   - limits: the service's own.
  ///   - make: opens the service; it is not called in a child of a fork.
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

  /// - Parameter callbacks: where the client's callbacks run.
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

  /// In a child of a fork the locks may be held by threads that are not there.
  private var isHere: Bool { ForkGuard.epoch == epoch }

  func close() { if isHere { service.close() } }

  /// Closes, and returns when the log was told.
  func free() {
    guard isHere else { return }
    service.close()
    callbacks.free()
  }
}
