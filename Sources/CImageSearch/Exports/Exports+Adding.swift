// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// The header documents what is exported.

import CImageSearchHeader

@implementation @_cdecl("imagesearch_get_quota")
public func imagesearch_get_quota(
  _ client: OpaquePointer!, _ call: UnsafePointer<imagesearch_call_options>!, _ error: HandleOut!, _ quota: HandleOut!
) -> imagesearch_status {
  boundary(error, quota) { try QuotaHandle(try Calls.quota(client, call).run()) }
}

@implementation @_cdecl("imagesearch_get_quota_start")
public func imagesearch_get_quota_start(
  _ client: OpaquePointer!, _ call: UnsafePointer<imagesearch_call_options>!, _ completion: imagesearch_completion!,
  _ user_data: UnsafeMutableRawPointer!, _ error: HandleOut!, _ operation: HandleOut!
) -> imagesearch_status {
  start(error, operation, completion, user_data) { try Calls.quota(client, call).boxed() }
}

@implementation @_cdecl("imagesearch_remaining_searches")
public func imagesearch_remaining_searches(
  _ client: OpaquePointer!, _ call: UnsafePointer<imagesearch_call_options>!, _ error: HandleOut!, _ quota: HandleOut!
) -> imagesearch_status {
  boundary(error, quota) { try QuotaHandle(try Calls.remainingSearches(client, call).run()) }
}

@implementation @_cdecl("imagesearch_remaining_searches_start")
public func imagesearch_remaining_searches_start(
  _ client: OpaquePointer!, _ call: UnsafePointer<imagesearch_call_options>!, _ completion: imagesearch_completion!,
  _ user_data: UnsafeMutableRawPointer!, _ error: HandleOut!, _ operation: HandleOut!
) -> imagesearch_status {
  start(error, operation, completion, user_data) { try Calls.remainingSearches(client, call).boxed() }
}

@implementation @_cdecl("imagesearch_ensure_quota")
public func imagesearch_ensure_quota(
  _ client: OpaquePointer!, _ count: Int64, _ unit: imagesearch_quota_unit,
  _ call: UnsafePointer<imagesearch_call_options>!, _ error: HandleOut!, _ quota: HandleOut!
) -> imagesearch_status {
  boundary(error, quota) { try QuotaHandle(try Calls.ensureQuota(client, count, unit, call).run()) }
}

@implementation @_cdecl("imagesearch_ensure_quota_start")
public func imagesearch_ensure_quota_start(
  _ client: OpaquePointer!, _ count: Int64, _ unit: imagesearch_quota_unit,
  _ call: UnsafePointer<imagesearch_call_options>!, _ completion: imagesearch_completion!,
  _ user_data: UnsafeMutableRawPointer!, _ error: HandleOut!, _ operation: HandleOut!
) -> imagesearch_status {
  start(error, operation, completion, user_data) { try Calls.ensureQuota(client, count, unit, call).boxed() }
}

@implementation @_cdecl("imagesearch_image_count")
public func imagesearch_image_count(
  _ client: OpaquePointer!, _ call: UnsafePointer<imagesearch_call_options>!, _ error: HandleOut!,
  _ count: UnsafeMutablePointer<Int64>!
) -> imagesearch_status {
  boundary(error, count) { try Calls.imageCount(client, call).run() }
}

@implementation @_cdecl("imagesearch_image_count_start")
public func imagesearch_image_count_start(
  _ client: OpaquePointer!, _ call: UnsafePointer<imagesearch_call_options>!, _ completion: imagesearch_completion!,
  _ user_data: UnsafeMutableRawPointer!, _ error: HandleOut!, _ operation: HandleOut!
) -> imagesearch_status {
  start(error, operation, completion, user_data) { try Calls.imageCount(client, call).boxed() }
}

@implementation @_cdecl("imagesearch_add_images")
public func imagesearch_add_images(
  _ client: OpaquePointer!, _ items: UnsafePointer<imagesearch_item>!, _ item_count: Int,
  _ call: UnsafePointer<imagesearch_call_options>!, _ error: HandleOut!, _ report: HandleOut!
) -> imagesearch_status {
  boundary(error, report) { try AddReportHandle(try Calls.addImages(client, items, item_count, call, .blocking).run()) }
}

@implementation @_cdecl("imagesearch_add_images_start")
public func imagesearch_add_images_start(
  _ client: OpaquePointer!, _ items: UnsafePointer<imagesearch_item>!, _ item_count: Int,
  _ call: UnsafePointer<imagesearch_call_options>!, _ completion: imagesearch_completion!,
  _ user_data: UnsafeMutableRawPointer!, _ error: HandleOut!, _ operation: HandleOut!
) -> imagesearch_status {
  start(error, operation, completion, user_data) {
    try Calls.addImages(client, items, item_count, call, .background).boxed()
  }
}

@implementation @_cdecl("imagesearch_remove_images")
public func imagesearch_remove_images(
  _ client: OpaquePointer!, _ removals: UnsafePointer<imagesearch_removal>!, _ removal_count: Int,
  _ call: UnsafePointer<imagesearch_call_options>!, _ error: HandleOut!, _ removed: UnsafeMutablePointer<Int64>!
) -> imagesearch_status {
  boundary(error) {
    removed?.pointee = 0
    let count = try Calls.removeImages(client, removals, removal_count, call).run()
    removed?.pointee = count
  }
}

@implementation @_cdecl("imagesearch_remove_images_start")
public func imagesearch_remove_images_start(
  _ client: OpaquePointer!, _ removals: UnsafePointer<imagesearch_removal>!, _ removal_count: Int,
  _ call: UnsafePointer<imagesearch_call_options>!, _ completion: imagesearch_completion!,
  _ user_data: UnsafeMutableRawPointer!, _ error: HandleOut!, _ operation: HandleOut!
) -> imagesearch_status {
  start(error, operation, completion, user_data) {
    try Calls.removeImages(client, removals, removal_count, call).boxed()
  }
}
