// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// The header documents what is exported.

import CImageSearchHeader
import ImageSearch

@implementation @_cdecl("imagesearch_operation_wait")
public func imagesearch_operation_wait(_ operation: OpaquePointer!, _ timeout: Double) -> imagesearch_status {
  boundary(nil) {
    guard try OperationHandle.required(operation, "operation").wait(seconds: timeout) else {
      throw ImageSearchError(.timedOut, "the operation still runs")
    }
  }
}

@implementation @_cdecl("imagesearch_operation_cancel")
public func imagesearch_operation_cancel(_ operation: OpaquePointer!) {
  OperationHandle.of(operation)?.cancel()
}

@implementation @_cdecl("imagesearch_operation_take_results")
public func imagesearch_operation_take_results(_ operation: OpaquePointer!, _ error: HandleOut!, _ results: HandleOut!)
  -> imagesearch_status
{
  boundary(error, results) { try ResultsHandle(take(operation, [Result<SearchPage, ImageSearchError>].self)) }
}

@implementation @_cdecl("imagesearch_operation_take_page")
public func imagesearch_operation_take_page(_ operation: OpaquePointer!, _ error: HandleOut!, _ page: HandleOut!)
  -> imagesearch_status
{
  boundary(error) {
    page?.pointee = nil
    guard let page else { throw ImageSearchError(.invalidArgument, "the out-parameter is NULL") }
    page.pointee = try take(operation, SearchPage?.self).map(PageHandle.init)?.toC()
  }
}

@implementation @_cdecl("imagesearch_operation_take_report")
public func imagesearch_operation_take_report(_ operation: OpaquePointer!, _ error: HandleOut!, _ report: HandleOut!)
  -> imagesearch_status
{
  boundary(error, report) { try AddReportHandle(take(operation, AddReport.self)) }
}

@implementation @_cdecl("imagesearch_operation_take_quota")
public func imagesearch_operation_take_quota(_ operation: OpaquePointer!, _ error: HandleOut!, _ quota: HandleOut!)
  -> imagesearch_status
{
  boundary(error, quota) { try QuotaHandle(take(operation, Quota.self)) }
}

@implementation @_cdecl("imagesearch_operation_take_bytes")
public func imagesearch_operation_take_bytes(_ operation: OpaquePointer!, _ error: HandleOut!, _ image: HandleOut!)
  -> imagesearch_status
{
  boundary(error, image) { try BytesHandle(take(operation, [UInt8].self)) }
}

@implementation @_cdecl("imagesearch_operation_take_count")
public func imagesearch_operation_take_count(
  _ operation: OpaquePointer!, _ error: HandleOut!, _ count: UnsafeMutablePointer<Int64>!
) -> imagesearch_status {
  boundary(error, count) { try take(operation, Int64.self) }
}

@implementation @_cdecl("imagesearch_operation_free")
public func imagesearch_operation_free(_ operation: OpaquePointer!) {
  OperationHandle.of(operation)?.free()
  OperationHandle.release(operation)
}

@implementation @_cdecl("imagesearch_queue_open")
public func imagesearch_queue_open(_ error: HandleOut!, _ queue: HandleOut!) -> imagesearch_status {
  boundary(error, queue) { try QueueHandle() }
}

@implementation @_cdecl("imagesearch_queue_fd")
public func imagesearch_queue_fd(_ queue: OpaquePointer!) -> Int32 {
  QueueHandle.of(queue)?.descriptor ?? -1
}

@implementation @_cdecl("imagesearch_queue_add")
public func imagesearch_queue_add(
  _ queue: OpaquePointer!, _ operation: OpaquePointer!, _ user_data: UnsafeMutableRawPointer!, _ error: HandleOut!
) -> imagesearch_status {
  boundary(error) {
    let operation = try OperationHandle.required(operation, "operation")
    try QueueHandle.required(queue, "queue").add(operation, user_data)
  }
}

@implementation @_cdecl("imagesearch_queue_next")
public func imagesearch_queue_next(
  _ queue: OpaquePointer!, _ timeout: Double, _ user_data: UnsafeMutablePointer<UnsafeMutableRawPointer?>!,
  _ operation: HandleOut!
) -> imagesearch_status {
  boundary(nil) {
    operation?.pointee = nil
    user_data?.pointee = nil
    guard let operation else { throw ImageSearchError(.invalidArgument, "the out-parameter is NULL") }
    guard let entry = try QueueHandle.required(queue, "queue").next(seconds: timeout) else {
      throw ImageSearchError(.timedOut, "no operation has ended")
    }
    user_data?.pointee = entry.userData
    operation.pointee = entry.operation.borrowed()
  }
}

@implementation @_cdecl("imagesearch_queue_free")
public func imagesearch_queue_free(_ queue: OpaquePointer!) {
  QueueHandle.of(queue)?.free()
  QueueHandle.release(queue)
}

@implementation @_cdecl("imagesearch_operation_take_images")
public func imagesearch_operation_take_images(_ operation: OpaquePointer!, _ error: HandleOut!, _ images: HandleOut!)
  -> imagesearch_status
{
  boundary(error) {
    images?.pointee = nil
    guard let images else { throw ImageSearchError(.invalidArgument, "the out-parameter is NULL") }
    images.pointee = try take(operation, ImagesHandle?.self)?.toC()
  }
}

@implementation @_cdecl("imagesearch_operation_take_group")
public func imagesearch_operation_take_group(_ operation: OpaquePointer!, _ error: HandleOut!, _ group: HandleOut!)
  -> imagesearch_status
{
  boundary(error) {
    group?.pointee = nil
    guard let group else { throw ImageSearchError(.invalidArgument, "the out-parameter is NULL") }
    group.pointee = try take(operation, GroupHandle?.self)?.toC()
  }
}

@implementation @_cdecl("imagesearch_operation_take_comparison")
public func imagesearch_operation_take_comparison(
  _ operation: OpaquePointer!, _ error: HandleOut!, _ comparison: HandleOut!
) -> imagesearch_status {
  boundary(error, comparison) { try take(operation, ComparisonHandle.self) }
}

@implementation @_cdecl("imagesearch_operation_take_categories")
public func imagesearch_operation_take_categories(
  _ operation: OpaquePointer!, _ error: HandleOut!, _ categories: HandleOut!
) -> imagesearch_status {
  boundary(error, categories) { try take(operation, CategoriesHandle.self) }
}

private func take<Taken: Sendable>(_ operation: OpaquePointer?, _ type: Taken.Type) throws -> Taken {
  try OperationHandle.required(operation, "operation").take(type)
}
