import CImageSearchHeader
import ImageSearch

typealias ErrorOut = UnsafeMutablePointer<OpaquePointer?>

/// Every export that can fail runs in here: what is thrown becomes a status and, where the caller wants one, an error handle.
///
/// - Parameters:
///   - error: receives the error, or NULL on success.
///   - out: receives the result, or NULL on failure.
func boundary(
  _ error: ErrorOut?, _ out: UnsafeMutablePointer<OpaquePointer?>?, _ body: () throws -> any Handle
) -> imagesearch_status {
  boundary(error) {
    out?.pointee = nil
    guard let out else { throw ImageSearchError(.invalidArgument, "the out-parameter is NULL") }
    out.pointee = try body().toC()
  }
}

/// The same for exports whose result is no handle.
func boundary(_ error: ErrorOut?, _ body: () throws -> Void) -> imagesearch_status {
  error?.pointee = nil
  do {
    try body()
    return Int32(IMAGESEARCH_OK)
  } catch let thrown {
    let failure = thrown as? ImageSearchError ?? ImageSearchError(.internalFailure, "\(type(of: thrown))")
    error?.pointee = ErrorHandle(failure).toC()
    return failure.code.rawValue
  }
}
