import ImageSearch

/// Behind `imagesearch_error`.
final class ErrorHandle: Handle {
  let error: ImageSearchError
  let message: UnsafePointer<CChar>?
  let service: UnsafePointer<CChar>?
  let providerCode: UnsafePointer<CChar>?
  let providerMessage: UnsafePointer<CChar>?
  let requestID: UnsafePointer<CChar>?
  private let arena = TextArena()

  init(_ error: ImageSearchError) {
    self.error = error
    message = arena.add(error.message)
    service = arena.add(error.service)
    providerCode = arena.add(error.providerCode)
    providerMessage = arena.add(error.providerMessage)
    requestID = arena.add(error.requestID)
  }
}
