import CImageSearchHeader
import Glibc
import ImageSearch

/// Behind `imagesearch_client`.
final class ClientHandle: Handle {
  let service: any SearchService
  let name: UnsafePointer<CChar>?
  private let arena = TextArena()
  private let owner = getpid()

  /// - Parameter open: opens the service; it is not called in a forked child.
  convenience init(_ open: () throws -> any SearchService) throws {
    try ForkGuard.check()
    self.init(try open())
  }

  private init(_ service: any SearchService) {
    self.service = service
    name = arena.add(service.name)
  }

  /// The client of a call.
  ///
  /// - Throws: ``ImageSearchError/Code/closed`` after a fork.
  static func service(_ pointer: OpaquePointer?) throws -> any SearchService {
    guard let handle = of(pointer) else { throw ImageSearchError(.invalidArgument, "client is NULL") }
    try ForkGuard.check()
    return handle.service
  }

  func close() {
    // In a forked child the locks may be held by threads that do not exist there.
    if getpid() == owner { service.close() }
  }
}
