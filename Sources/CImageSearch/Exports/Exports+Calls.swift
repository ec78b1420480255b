import CImageSearchHeader
import ImageSearch

/// See the header.
@implementation @_cdecl("imagesearch_search")
public func imagesearch_search(
  _ client: OpaquePointer!, _ image: UnsafePointer<imagesearch_image>!,
  _ options: UnsafePointer<imagesearch_search_options>!, _ error: UnsafeMutablePointer<OpaquePointer?>!,
  _ page: UnsafeMutablePointer<OpaquePointer?>!
) -> imagesearch_status {
  boundary(error, page) {
    let service = try ClientHandle.service(client)
    let (request, call) = try Reading.search(image, options, copying: false)
    return PageHandle(try block { try await service.search(request, options: call) })
  }
}

/// See the header.
@implementation @_cdecl("imagesearch_remaining_searches")
public func imagesearch_remaining_searches(
  _ client: OpaquePointer!, _ call: UnsafePointer<imagesearch_call_options>!,
  _ error: UnsafeMutablePointer<OpaquePointer?>!, _ quota: UnsafeMutablePointer<OpaquePointer?>!
) -> imagesearch_status {
  boundary(error, quota) {
    let service = try ClientHandle.service(client)
    let call = try Reading.call(call)
    return QuotaHandle(try block { try await service.quota(options: call) })
  }
}

/// See the header.
@implementation @_cdecl("imagesearch_ensure_quota")
public func imagesearch_ensure_quota(
  _ client: OpaquePointer!, _ count: Int64, _ unit: Int32, _ call: UnsafePointer<imagesearch_call_options>!,
  _ error: UnsafeMutablePointer<OpaquePointer?>!, _ quota: UnsafeMutablePointer<OpaquePointer?>!
) -> imagesearch_status {
  boundary(error, quota) {
    let service = try ClientHandle.service(client)
    let unit = try Reading.unit(unit)
    let call = try Reading.call(call)
    return QuotaHandle(
      try block { try await service.ensureQuota(for: Reading.integer(count), of: unit, options: call) })
  }
}

/// See the header.
@implementation @_cdecl("imagesearch_image_count")
public func imagesearch_image_count(
  _ client: OpaquePointer!, _ call: UnsafePointer<imagesearch_call_options>!,
  _ error: UnsafeMutablePointer<OpaquePointer?>!, _ count: UnsafeMutablePointer<Int64>!
) -> imagesearch_status {
  boundary(error) {
    count?.pointee = 0
    guard let count else { throw ImageSearchError(.invalidArgument, "the out-parameter is NULL") }
    let service = try ClientHandle.service(client)
    let call = try Reading.call(call)
    count.pointee = Int64(try block { try await service.imageCount(options: call) })
  }
}

/// See the header.
@implementation @_cdecl("imagesearch_add_images")
public func imagesearch_add_images(
  _ client: OpaquePointer!, _ items: UnsafePointer<UnsafePointer<imagesearch_item>?>!, _ item_count: Int,
  _ call: UnsafePointer<imagesearch_call_options>!, _ error: UnsafeMutablePointer<OpaquePointer?>!,
  _ report: UnsafeMutablePointer<OpaquePointer?>!
) -> imagesearch_status {
  boundary(error, report) {
    let service = try ClientHandle.service(client)
    let items = try Reading.items(items, item_count, copying: false)
    let call = try Reading.call(call)
    return AddReportHandle(try block { try await service.addImages(items, options: call) })
  }
}

/// See the header.
@implementation @_cdecl("imagesearch_remove_images")
public func imagesearch_remove_images(
  _ client: OpaquePointer!, _ removals: UnsafePointer<imagesearch_removal>!, _ removal_count: Int,
  _ call: UnsafePointer<imagesearch_call_options>!, _ error: UnsafeMutablePointer<OpaquePointer?>!,
  _ removed: UnsafeMutablePointer<Int64>!
) -> imagesearch_status {
  boundary(error) {
    removed?.pointee = 0
    let service = try ClientHandle.service(client)
    let requests = try Reading.removals(removals, removal_count)
    let call = try Reading.call(call)
    let count = try block { try await service.removeImages(requests, options: call) }
    removed?.pointee = Int64(count ?? -1)
  }
}

/// See the header.
@implementation @_cdecl("imagesearch_overlay")
public func imagesearch_overlay(
  _ client: OpaquePointer!, _ query: UnsafePointer<imagesearch_image>!, _ match: OpaquePointer!, _ style: Int32,
  _ call: UnsafePointer<imagesearch_call_options>!, _ error: UnsafeMutablePointer<OpaquePointer?>!,
  _ image: UnsafeMutablePointer<OpaquePointer?>!
) -> imagesearch_status {
  boundary(error, image) {
    let service = try ClientHandle.service(client)
    let (source, match, style) = try Reading.overlay(query, match, style, copying: false)
    let call = try Reading.call(call)
    return BytesHandle(
      try block { try await service.overlay(of: match, query: source, style: style, options: call) })
  }
}
