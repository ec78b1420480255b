import CImageSearchHeader
import ImageSearch

/// See the header.
@implementation @_cdecl("imagesearch_search_start")
public func imagesearch_search_start(
  _ client: OpaquePointer!, _ image: UnsafePointer<imagesearch_image>!,
  _ options: UnsafePointer<imagesearch_search_options>!, _ completion: imagesearch_completion!,
  _ user_data: UnsafeMutableRawPointer!, _ error: UnsafeMutablePointer<OpaquePointer?>!,
  _ operation: UnsafeMutablePointer<OpaquePointer?>!
) -> imagesearch_status {
  start(error, operation, completion, user_data) {
    let service = try ClientHandle.service(client)
    let (request, call) = try Reading.search(image, options, copying: true)
    return { .page(try await service.search(request, options: call)) }
  }
}

/// See the header.
@implementation @_cdecl("imagesearch_add_images_start")
public func imagesearch_add_images_start(
  _ client: OpaquePointer!, _ items: UnsafePointer<UnsafePointer<imagesearch_item>?>!, _ item_count: Int,
  _ call: UnsafePointer<imagesearch_call_options>!, _ completion: imagesearch_completion!,
  _ user_data: UnsafeMutableRawPointer!, _ error: UnsafeMutablePointer<OpaquePointer?>!,
  _ operation: UnsafeMutablePointer<OpaquePointer?>!
) -> imagesearch_status {
  start(error, operation, completion, user_data) {
    let service = try ClientHandle.service(client)
    let items = try Reading.items(items, item_count, copying: true)
    let call = try Reading.call(call)
    return { .report(try await service.addImages(items, options: call)) }
  }
}

private func start(
  _ error: ErrorOut?, _ out: UnsafeMutablePointer<OpaquePointer?>?, _ completion: imagesearch_completion?,
  _ userData: UnsafeMutableRawPointer?, _ prepare: () throws -> @Sendable () async throws -> OperationHandle.Value
) -> imagesearch_status {
  boundary(error) {
    out?.pointee = nil
    guard let out else { throw ImageSearchError(.invalidArgument, "the out-parameter is NULL") }
    let body = try prepare()
    let operation = OperationHandle()
    // Before it starts: the completion may be called before this function returns, and may look for the handle.
    out.pointee = operation.toC()
    operation.start(completion, userData, body)
  }
}

/// See the header.
@implementation @_cdecl("imagesearch_operation_wait")
public func imagesearch_operation_wait(_ operation: OpaquePointer!, _ timeout: Double) -> imagesearch_status {
  guard let operation = OperationHandle.of(operation) else { return ImageSearchError.Code.invalidArgument.rawValue }
  return operation.wait(seconds: timeout) ? 0 : ImageSearchError.Code.timedOut.rawValue
}

/// See the header.
@implementation @_cdecl("imagesearch_operation_cancel")
public func imagesearch_operation_cancel(_ operation: OpaquePointer!) { OperationHandle.of(operation)?.cancel() }

/// See the header.
@implementation @_cdecl("imagesearch_operation_take_page")
public func imagesearch_operation_take_page(
  _ operation: OpaquePointer!, _ error: UnsafeMutablePointer<OpaquePointer?>!,
  _ page: UnsafeMutablePointer<OpaquePointer?>!
) -> imagesearch_status {
  boundary(error, page) {
    guard case .page(let value) = try take(operation) else {
      throw ImageSearchError(.invalidArgument, "the operation was no search")
    }
    return PageHandle(value)
  }
}

/// See the header.
@implementation @_cdecl("imagesearch_operation_take_report")
public func imagesearch_operation_take_report(
  _ operation: OpaquePointer!, _ error: UnsafeMutablePointer<OpaquePointer?>!,
  _ report: UnsafeMutablePointer<OpaquePointer?>!
) -> imagesearch_status {
  boundary(error, report) {
    guard case .report(let value) = try take(operation) else {
      throw ImageSearchError(.invalidArgument, "the operation did not add pictures")
    }
    return AddReportHandle(value)
  }
}

private func take(_ operation: OpaquePointer?) throws -> OperationHandle.Value {
  guard let operation = OperationHandle.of(operation) else {
    throw ImageSearchError(.invalidArgument, "operation is NULL")
  }
  return try operation.take()
}

/// See the header.
@implementation @_cdecl("imagesearch_operation_free")
public func imagesearch_operation_free(_ operation: OpaquePointer!) {
  OperationHandle.of(operation)?.cancel()
  OperationHandle.release(operation)
}
