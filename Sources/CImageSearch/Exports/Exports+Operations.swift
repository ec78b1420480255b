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

/// See the header.
@implementation @_cdecl("imagesearch_remaining_searches_start")
public func imagesearch_remaining_searches_start(
  _ client: OpaquePointer!, _ call: UnsafePointer<imagesearch_call_options>!,
  _ completion: imagesearch_completion!, _ user_data: UnsafeMutableRawPointer!,
  _ error: UnsafeMutablePointer<OpaquePointer?>!, _ operation: UnsafeMutablePointer<OpaquePointer?>!
) -> imagesearch_status {
  start(error, operation, completion, user_data) {
    let service = try ClientHandle.service(client)
    let call = try Reading.call(call)
    return { .quota(try await service.quota(options: call)) }
  }
}

/// See the header.
@implementation @_cdecl("imagesearch_ensure_quota_start")
public func imagesearch_ensure_quota_start(
  _ client: OpaquePointer!, _ count: Int64, _ unit: Int32, _ call: UnsafePointer<imagesearch_call_options>!,
  _ completion: imagesearch_completion!, _ user_data: UnsafeMutableRawPointer!,
  _ error: UnsafeMutablePointer<OpaquePointer?>!, _ operation: UnsafeMutablePointer<OpaquePointer?>!
) -> imagesearch_status {
  start(error, operation, completion, user_data) {
    let service = try ClientHandle.service(client)
    let unit = try Reading.unit(unit)
    let call = try Reading.call(call)
    return { .quota(try await service.ensureQuota(for: Reading.integer(count), of: unit, options: call)) }
  }
}

/// See the header.
@implementation @_cdecl("imagesearch_image_count_start")
public func imagesearch_image_count_start(
  _ client: OpaquePointer!, _ call: UnsafePointer<imagesearch_call_options>!,
  _ completion: imagesearch_completion!, _ user_data: UnsafeMutableRawPointer!,
  _ error: UnsafeMutablePointer<OpaquePointer?>!, _ operation: UnsafeMutablePointer<OpaquePointer?>!
) -> imagesearch_status {
  start(error, operation, completion, user_data) {
    let service = try ClientHandle.service(client)
    let call = try Reading.call(call)
    return { .count(Int64(try await service.imageCount(options: call))) }
  }
}

/// See the header.
@implementation @_cdecl("imagesearch_remove_images_start")
public func imagesearch_remove_images_start(
  _ client: OpaquePointer!, _ removals: UnsafePointer<imagesearch_removal>!, _ removal_count: Int,
  _ call: UnsafePointer<imagesearch_call_options>!,
  _ completion: imagesearch_completion!, _ user_data: UnsafeMutableRawPointer!,
  _ error: UnsafeMutablePointer<OpaquePointer?>!, _ operation: UnsafeMutablePointer<OpaquePointer?>!
) -> imagesearch_status {
  start(error, operation, completion, user_data) {
    let service = try ClientHandle.service(client)
    let requests = try Reading.removals(removals, removal_count)
    let call = try Reading.call(call)
    return { .count(Int64(try await service.removeImages(requests, options: call) ?? -1)) }
  }
}

/// See the header.
@implementation @_cdecl("imagesearch_overlay_start")
public func imagesearch_overlay_start(
  _ client: OpaquePointer!, _ query: UnsafePointer<imagesearch_image>!, _ match: OpaquePointer!, _ style: Int32,
  _ call: UnsafePointer<imagesearch_call_options>!,
  _ completion: imagesearch_completion!, _ user_data: UnsafeMutableRawPointer!,
  _ error: UnsafeMutablePointer<OpaquePointer?>!, _ operation: UnsafeMutablePointer<OpaquePointer?>!
) -> imagesearch_status {
  start(error, operation, completion, user_data) {
    let service = try ClientHandle.service(client)
    let (source, match, style) = try Reading.overlay(query, match, style, copying: true)
    let call = try Reading.call(call)
    return { .bytes(try await service.overlay(of: match, query: source, style: style, options: call)) }
  }
}

/// Starts a call in the background: what it was given is read before this returns.
///
/// - Parameter prepare: reads the arguments and gives the call.
func start(
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
    PageHandle(try take(operation) { if case .page(let value) = $0 { value } else { nil } })
  }
}

/// See the header.
@implementation @_cdecl("imagesearch_operation_take_report")
public func imagesearch_operation_take_report(
  _ operation: OpaquePointer!, _ error: UnsafeMutablePointer<OpaquePointer?>!,
  _ report: UnsafeMutablePointer<OpaquePointer?>!
) -> imagesearch_status {
  boundary(error, report) {
    AddReportHandle(try take(operation) { if case .report(let value) = $0 { value } else { nil } })
  }
}

/// See the header.
@implementation @_cdecl("imagesearch_operation_take_quota")
public func imagesearch_operation_take_quota(
  _ operation: OpaquePointer!, _ error: UnsafeMutablePointer<OpaquePointer?>!,
  _ quota: UnsafeMutablePointer<OpaquePointer?>!
) -> imagesearch_status {
  boundary(error, quota) {
    QuotaHandle(try take(operation) { if case .quota(let value) = $0 { value } else { nil } })
  }
}

/// See the header.
@implementation @_cdecl("imagesearch_operation_take_count")
public func imagesearch_operation_take_count(
  _ operation: OpaquePointer!, _ error: UnsafeMutablePointer<OpaquePointer?>!, _ count: UnsafeMutablePointer<Int64>!
) -> imagesearch_status {
  boundary(error) {
    count?.pointee = 0
    guard let count else { throw ImageSearchError(.invalidArgument, "the out-parameter is NULL") }
    count.pointee = try take(operation) { if case .count(let value) = $0 { value } else { nil } }
  }
}

/// See the header.
@implementation @_cdecl("imagesearch_operation_take_bytes")
public func imagesearch_operation_take_bytes(
  _ operation: OpaquePointer!, _ error: UnsafeMutablePointer<OpaquePointer?>!,
  _ image: UnsafeMutablePointer<OpaquePointer?>!
) -> imagesearch_status {
  boundary(error, image) {
    BytesHandle(try take(operation) { if case .bytes(let value) = $0 { value } else { nil } })
  }
}

private func take<Taken>(
  _ operation: OpaquePointer?, _ pick: (OperationHandle.Value) -> Taken?
) throws -> Taken {
  guard let operation = OperationHandle.of(operation) else {
    throw ImageSearchError(.invalidArgument, "operation is NULL")
  }
  return try operation.take(pick)
}

/// See the header.
@implementation @_cdecl("imagesearch_operation_free")
public func imagesearch_operation_free(_ operation: OpaquePointer!) {
  OperationHandle.of(operation)?.cancel()
  OperationHandle.release(operation)
}
