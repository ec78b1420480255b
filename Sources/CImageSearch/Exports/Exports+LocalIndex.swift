// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// The header documents what is exported.

import CImageSearchHeader

@implementation @_cdecl("imagesearch_local_index_add_folder")
public func imagesearch_local_index_add_folder(
  _ client: OpaquePointer!, _ folder: UnsafePointer<CChar>!, _ batch: UnsafePointer<imagesearch_batch_options>!,
  _ call: UnsafePointer<imagesearch_call_options>!, _ progress: imagesearch_batch_callback!,
  _ user_data: UnsafeMutableRawPointer!, _ error: HandleOut!, _ report: HandleOut!
) -> imagesearch_status {
  boundary(error, report) {
    try AddReportHandle(
      try LocalIndexCalls.addFolder(client, folder, batch, call, .init(callback: progress, userData: user_data)).run())
  }
}

@implementation @_cdecl("imagesearch_local_index_add_folder_start")
public func imagesearch_local_index_add_folder_start(
  _ client: OpaquePointer!, _ folder: UnsafePointer<CChar>!, _ batch: UnsafePointer<imagesearch_batch_options>!,
  _ call: UnsafePointer<imagesearch_call_options>!, _ progress: imagesearch_batch_callback!,
  _ completion: imagesearch_completion!, _ user_data: UnsafeMutableRawPointer!, _ error: HandleOut!,
  _ operation: HandleOut!
) -> imagesearch_status {
  start(error, operation, completion, user_data) {
    try LocalIndexCalls.addFolder(client, folder, batch, call, .init(callback: progress, userData: user_data)).boxed()
  }
}

@implementation @_cdecl("imagesearch_local_index_add_items")
public func imagesearch_local_index_add_items(
  _ client: OpaquePointer!, _ items: UnsafePointer<imagesearch_item>!, _ item_count: Int,
  _ batch: UnsafePointer<imagesearch_batch_options>!, _ call: UnsafePointer<imagesearch_call_options>!,
  _ progress: imagesearch_batch_callback!, _ user_data: UnsafeMutableRawPointer!, _ error: HandleOut!,
  _ report: HandleOut!
) -> imagesearch_status {
  boundary(error, report) {
    try AddReportHandle(
      try LocalIndexCalls.addItems(
        client, items, item_count, batch, call, .init(callback: progress, userData: user_data), .blocking
      ).run())
  }
}

@implementation @_cdecl("imagesearch_local_index_add_items_start")
public func imagesearch_local_index_add_items_start(
  _ client: OpaquePointer!, _ items: UnsafePointer<imagesearch_item>!, _ item_count: Int,
  _ batch: UnsafePointer<imagesearch_batch_options>!, _ call: UnsafePointer<imagesearch_call_options>!,
  _ progress: imagesearch_batch_callback!, _ completion: imagesearch_completion!, _ user_data: UnsafeMutableRawPointer!,
  _ error: HandleOut!, _ operation: HandleOut!
) -> imagesearch_status {
  start(error, operation, completion, user_data) {
    try LocalIndexCalls.addItems(
      client, items, item_count, batch, call, .init(callback: progress, userData: user_data), .background
    ).boxed()
  }
}

@implementation @_cdecl("imagesearch_local_index_add_file")
public func imagesearch_local_index_add_file(
  _ client: OpaquePointer!, _ path: UnsafePointer<CChar>!, _ item_id: UnsafePointer<CChar>!,
  _ batch: UnsafePointer<imagesearch_batch_options>!, _ call: UnsafePointer<imagesearch_call_options>!,
  _ error: HandleOut!, _ report: HandleOut!
) -> imagesearch_status {
  boundary(error, report) { try AddReportHandle(try LocalIndexCalls.addFile(client, path, item_id, batch, call).run()) }
}

@implementation @_cdecl("imagesearch_local_index_add_file_start")
public func imagesearch_local_index_add_file_start(
  _ client: OpaquePointer!, _ path: UnsafePointer<CChar>!, _ item_id: UnsafePointer<CChar>!,
  _ batch: UnsafePointer<imagesearch_batch_options>!, _ call: UnsafePointer<imagesearch_call_options>!,
  _ completion: imagesearch_completion!, _ user_data: UnsafeMutableRawPointer!, _ error: HandleOut!,
  _ operation: HandleOut!
) -> imagesearch_status {
  start(error, operation, completion, user_data) {
    try LocalIndexCalls.addFile(client, path, item_id, batch, call).boxed()
  }
}

@implementation @_cdecl("imagesearch_local_index_rebuild")
public func imagesearch_local_index_rebuild(
  _ client: OpaquePointer!, _ call: UnsafePointer<imagesearch_call_options>!, _ progress: imagesearch_batch_callback!,
  _ user_data: UnsafeMutableRawPointer!, _ error: HandleOut!, _ report: HandleOut!
) -> imagesearch_status {
  boundary(error, report) {
    try AddReportHandle(try LocalIndexCalls.rebuild(client, call, .init(callback: progress, userData: user_data)).run())
  }
}

@implementation @_cdecl("imagesearch_local_index_rebuild_start")
public func imagesearch_local_index_rebuild_start(
  _ client: OpaquePointer!, _ call: UnsafePointer<imagesearch_call_options>!, _ progress: imagesearch_batch_callback!,
  _ completion: imagesearch_completion!, _ user_data: UnsafeMutableRawPointer!, _ error: HandleOut!,
  _ operation: HandleOut!
) -> imagesearch_status {
  start(error, operation, completion, user_data) {
    try LocalIndexCalls.rebuild(client, call, .init(callback: progress, userData: user_data)).boxed()
  }
}

@implementation @_cdecl("imagesearch_local_index_rebuild_at")
public func imagesearch_local_index_rebuild_at(
  _ path: UnsafePointer<CChar>!, _ call: UnsafePointer<imagesearch_call_options>!,
  _ progress: imagesearch_batch_callback!, _ user_data: UnsafeMutableRawPointer!, _ error: HandleOut!,
  _ report: HandleOut!
) -> imagesearch_status {
  boundary(error, report) {
    try AddReportHandle(
      try LocalIndexCalls.rebuild(at: path, call, .init(callback: progress, userData: user_data)).run())
  }
}

@implementation @_cdecl("imagesearch_local_index_rebuild_at_start")
public func imagesearch_local_index_rebuild_at_start(
  _ path: UnsafePointer<CChar>!, _ call: UnsafePointer<imagesearch_call_options>!,
  _ progress: imagesearch_batch_callback!, _ completion: imagesearch_completion!, _ user_data: UnsafeMutableRawPointer!,
  _ error: HandleOut!, _ operation: HandleOut!
) -> imagesearch_status {
  start(error, operation, completion, user_data) {
    try LocalIndexCalls.rebuild(at: path, call, .init(callback: progress, userData: user_data)).boxed()
  }
}

@implementation @_cdecl("imagesearch_local_index_copy")
public func imagesearch_local_index_copy(
  _ client: OpaquePointer!, _ target: OpaquePointer!, _ copy: UnsafePointer<imagesearch_copy_options>!,
  _ call: UnsafePointer<imagesearch_call_options>!, _ progress: imagesearch_batch_callback!,
  _ user_data: UnsafeMutableRawPointer!, _ error: HandleOut!, _ report: HandleOut!
) -> imagesearch_status {
  boundary(error, report) {
    try AddReportHandle(
      try LocalIndexCalls.copy(client, target, copy, call, .init(callback: progress, userData: user_data)).run())
  }
}

@implementation @_cdecl("imagesearch_local_index_copy_start")
public func imagesearch_local_index_copy_start(
  _ client: OpaquePointer!, _ target: OpaquePointer!, _ copy: UnsafePointer<imagesearch_copy_options>!,
  _ call: UnsafePointer<imagesearch_call_options>!, _ progress: imagesearch_batch_callback!,
  _ completion: imagesearch_completion!, _ user_data: UnsafeMutableRawPointer!, _ error: HandleOut!,
  _ operation: HandleOut!
) -> imagesearch_status {
  start(error, operation, completion, user_data) {
    try LocalIndexCalls.copy(client, target, copy, call, .init(callback: progress, userData: user_data)).boxed()
  }
}
