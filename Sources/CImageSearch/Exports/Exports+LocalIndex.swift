import CImageSearchHeader
import ImageSearch

/// See the header.
@implementation @_cdecl("imagesearch_local_index_add_folder")
public func imagesearch_local_index_add_folder(
  _ client: OpaquePointer!, _ folder: UnsafePointer<CChar>!, _ batch: UnsafePointer<imagesearch_batch_options>!,
  _ call: UnsafePointer<imagesearch_call_options>!, _ progress: imagesearch_progress_callback!,
  _ user_data: UnsafeMutableRawPointer!, _ error: UnsafeMutablePointer<OpaquePointer?>!,
  _ report: UnsafeMutablePointer<OpaquePointer?>!
) -> imagesearch_status {
  boundary(error, report) {
    AddReportHandle(
      try block(
        try LocalIndexCalls.addFolder(client, folder, batch, call, .init(progress: progress, userData: user_data))))
  }
}

/// See the header.
@implementation @_cdecl("imagesearch_local_index_add_items")
public func imagesearch_local_index_add_items(
  _ client: OpaquePointer!, _ items: UnsafePointer<UnsafePointer<imagesearch_item>?>!, _ item_count: Int,
  _ batch: UnsafePointer<imagesearch_batch_options>!, _ call: UnsafePointer<imagesearch_call_options>!,
  _ progress: imagesearch_progress_callback!, _ user_data: UnsafeMutableRawPointer!,
  _ error: UnsafeMutablePointer<OpaquePointer?>!, _ report: UnsafeMutablePointer<OpaquePointer?>!
) -> imagesearch_status {
  boundary(error, report) {
    AddReportHandle(
      try block(
        try LocalIndexCalls.addItems(
          client, items, item_count, batch, call, .init(progress: progress, userData: user_data), copying: false)))
  }
}

/// See the header.
@implementation @_cdecl("imagesearch_local_index_rebuild")
public func imagesearch_local_index_rebuild(
  _ client: OpaquePointer!, _ call: UnsafePointer<imagesearch_call_options>!,
  _ progress: imagesearch_progress_callback!, _ user_data: UnsafeMutableRawPointer!,
  _ error: UnsafeMutablePointer<OpaquePointer?>!, _ report: UnsafeMutablePointer<OpaquePointer?>!
) -> imagesearch_status {
  boundary(error, report) {
    AddReportHandle(
      try block(try LocalIndexCalls.rebuild(client, call, .init(progress: progress, userData: user_data))))
  }
}

/// See the header.
@implementation @_cdecl("imagesearch_local_index_rebuild_at")
public func imagesearch_local_index_rebuild_at(
  _ path: UnsafePointer<CChar>!, _ call: UnsafePointer<imagesearch_call_options>!,
  _ progress: imagesearch_progress_callback!, _ user_data: UnsafeMutableRawPointer!,
  _ error: UnsafeMutablePointer<OpaquePointer?>!, _ report: UnsafeMutablePointer<OpaquePointer?>!
) -> imagesearch_status {
  boundary(error, report) {
    AddReportHandle(
      try block(try LocalIndexCalls.rebuild(at: path, call, .init(progress: progress, userData: user_data))))
  }
}

/// See the header.
@implementation @_cdecl("imagesearch_local_index_copy")
public func imagesearch_local_index_copy(
  _ client: OpaquePointer!, _ target: OpaquePointer!, _ copy: UnsafePointer<imagesearch_copy_options>!,
  _ call: UnsafePointer<imagesearch_call_options>!, _ progress: imagesearch_progress_callback!,
  _ user_data: UnsafeMutableRawPointer!, _ error: UnsafeMutablePointer<OpaquePointer?>!,
  _ report: UnsafeMutablePointer<OpaquePointer?>!
) -> imagesearch_status {
  boundary(error, report) {
    AddReportHandle(
      try block(try LocalIndexCalls.copy(client, target, copy, call, .init(progress: progress, userData: user_data))))
  }
}

/// See the header.
@implementation @_cdecl("imagesearch_local_index_add_folder_start")
public func imagesearch_local_index_add_folder_start(
  _ client: OpaquePointer!, _ folder: UnsafePointer<CChar>!, _ batch: UnsafePointer<imagesearch_batch_options>!,
  _ call: UnsafePointer<imagesearch_call_options>!, _ progress: imagesearch_progress_callback!,
  _ completion: imagesearch_completion!, _ user_data: UnsafeMutableRawPointer!,
  _ error: UnsafeMutablePointer<OpaquePointer?>!, _ operation: UnsafeMutablePointer<OpaquePointer?>!
) -> imagesearch_status {
  start(error, operation, completion, user_data) {
    let call = try LocalIndexCalls.addFolder(
      client, folder, batch, call, .init(progress: progress, userData: user_data))
    return { .report(try await call()) }
  }
}

/// See the header.
@implementation @_cdecl("imagesearch_local_index_add_items_start")
public func imagesearch_local_index_add_items_start(
  _ client: OpaquePointer!, _ items: UnsafePointer<UnsafePointer<imagesearch_item>?>!, _ item_count: Int,
  _ batch: UnsafePointer<imagesearch_batch_options>!, _ call: UnsafePointer<imagesearch_call_options>!,
  _ progress: imagesearch_progress_callback!, _ completion: imagesearch_completion!,
  _ user_data: UnsafeMutableRawPointer!, _ error: UnsafeMutablePointer<OpaquePointer?>!,
  _ operation: UnsafeMutablePointer<OpaquePointer?>!
) -> imagesearch_status {
  start(error, operation, completion, user_data) {
    let call = try LocalIndexCalls.addItems(
      client, items, item_count, batch, call, .init(progress: progress, userData: user_data), copying: true)
    return { .report(try await call()) }
  }
}

/// See the header.
@implementation @_cdecl("imagesearch_local_index_rebuild_start")
public func imagesearch_local_index_rebuild_start(
  _ client: OpaquePointer!, _ call: UnsafePointer<imagesearch_call_options>!,
  _ progress: imagesearch_progress_callback!, _ completion: imagesearch_completion!,
  _ user_data: UnsafeMutableRawPointer!, _ error: UnsafeMutablePointer<OpaquePointer?>!,
  _ operation: UnsafeMutablePointer<OpaquePointer?>!
) -> imagesearch_status {
  start(error, operation, completion, user_data) {
    let call = try LocalIndexCalls.rebuild(client, call, .init(progress: progress, userData: user_data))
    return { .report(try await call()) }
  }
}

/// See the header.
@implementation @_cdecl("imagesearch_local_index_rebuild_at_start")
public func imagesearch_local_index_rebuild_at_start(
  _ path: UnsafePointer<CChar>!, _ call: UnsafePointer<imagesearch_call_options>!,
  _ progress: imagesearch_progress_callback!, _ completion: imagesearch_completion!,
  _ user_data: UnsafeMutableRawPointer!, _ error: UnsafeMutablePointer<OpaquePointer?>!,
  _ operation: UnsafeMutablePointer<OpaquePointer?>!
) -> imagesearch_status {
  start(error, operation, completion, user_data) {
    let call = try LocalIndexCalls.rebuild(at: path, call, .init(progress: progress, userData: user_data))
    return { .report(try await call()) }
  }
}

/// See the header.
@implementation @_cdecl("imagesearch_local_index_copy_start")
public func imagesearch_local_index_copy_start(
  _ client: OpaquePointer!, _ target: OpaquePointer!, _ copy: UnsafePointer<imagesearch_copy_options>!,
  _ call: UnsafePointer<imagesearch_call_options>!, _ progress: imagesearch_progress_callback!,
  _ completion: imagesearch_completion!, _ user_data: UnsafeMutableRawPointer!,
  _ error: UnsafeMutablePointer<OpaquePointer?>!, _ operation: UnsafeMutablePointer<OpaquePointer?>!
) -> imagesearch_status {
  start(error, operation, completion, user_data) {
    let call = try LocalIndexCalls.copy(client, target, copy, call, .init(progress: progress, userData: user_data))
    return { .report(try await call()) }
  }
}
