import CImageSearchHeader
import Glibc
import ImageSearch

/// Behind `imagesearch_client`.
final class ClientHandle: Handle {
  let service: any SearchService
  let name: UnsafePointer<CChar>?
  private let arena = TextArena()
  private let owner = getpid()

  init(_ service: any SearchService) {
    self.service = service
    name = arena.add(service.name)
  }

  /// The client of a call.
  ///
  /// - Throws: ``ImageSearchError/Code/closed`` after a fork: the threads that would do the work are in the parent.
  static func service(_ pointer: OpaquePointer?) throws -> any SearchService {
    guard let handle = of(pointer) else { throw ImageSearchError(.invalidArgument, "client is NULL") }
    guard getpid() == handle.owner else {
      throw ImageSearchError(
        .closed, "this client was opened before a fork; open one in the child process", service: handle.service.name)
    }
    return handle.service
  }

  func close() {
    // In a forked child the locks may be held by threads that do not exist there.
    if getpid() == owner { service.close() }
  }
}
