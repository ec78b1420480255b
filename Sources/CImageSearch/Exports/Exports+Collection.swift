// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// The header documents what is exported.

import CImageSearchHeader
import ImageSearch

@implementation @_cdecl("imagesearch_images_free")
public func imagesearch_images_free(_ images: OpaquePointer!) {
  ImagesHandle.release(images)
}

@implementation @_cdecl("imagesearch_images_count")
public func imagesearch_images_count(_ images: OpaquePointer!) -> Int {
  ImagesHandle.of(images)?.images.count ?? 0
}

@implementation @_cdecl("imagesearch_images_checked_count")
public func imagesearch_images_checked_count(_ images: OpaquePointer!) -> Int {
  ImagesHandle.of(images)?.checkedCount ?? 0
}

@implementation @_cdecl("imagesearch_images_read")
public func imagesearch_images_read(
  _ images: OpaquePointer!, _ index: Int, _ image: UnsafeMutablePointer<imagesearch_stored_image>!
) -> imagesearch_status {
  fill(ImagesHandle.of(images)?.images[safe: index], unknown: .unknown, to: image)
}

@implementation @_cdecl("imagesearch_local_index_items_open")
public func imagesearch_local_index_items_open(
  _ client: OpaquePointer!, _ after: Int64, _ limit: Int64, _ error: HandleOut!, _ items: HandleOut!
) -> imagesearch_status {
  boundary(error, items) { try ItemsHandle(client, after: after, limit: limit) }
}

@implementation @_cdecl("imagesearch_items_next")
public func imagesearch_items_next(
  _ items: OpaquePointer!, _ call: UnsafePointer<imagesearch_call_options>!, _ error: HandleOut!, _ images: HandleOut!
) -> imagesearch_status {
  boundary(error) {
    images?.pointee = nil
    guard let images else { throw ImageSearchError(.invalidArgument, "the out-parameter is NULL") }
    images.pointee = try ItemsHandle.next(items, call).run()?.toC()
  }
}

@implementation @_cdecl("imagesearch_items_next_start")
public func imagesearch_items_next_start(
  _ items: OpaquePointer!, _ call: UnsafePointer<imagesearch_call_options>!, _ completion: imagesearch_completion!,
  _ user_data: UnsafeMutableRawPointer!, _ error: HandleOut!, _ operation: HandleOut!
) -> imagesearch_status {
  start(error, operation, completion, user_data) { try ItemsHandle.next(items, call).boxed() }
}

@implementation @_cdecl("imagesearch_items_free")
public func imagesearch_items_free(_ items: OpaquePointer!) {
  ItemsHandle.release(items)
}

@implementation @_cdecl("imagesearch_local_index_item")
public func imagesearch_local_index_item(
  _ client: OpaquePointer!, _ item_id: UnsafePointer<CChar>!, _ call: UnsafePointer<imagesearch_call_options>!,
  _ error: HandleOut!, _ images: HandleOut!
) -> imagesearch_status {
  boundary(error, images) { try CollectionCalls.item(client, item_id, call).run() }
}

@implementation @_cdecl("imagesearch_local_index_item_start")
public func imagesearch_local_index_item_start(
  _ client: OpaquePointer!, _ item_id: UnsafePointer<CChar>!, _ call: UnsafePointer<imagesearch_call_options>!,
  _ completion: imagesearch_completion!, _ user_data: UnsafeMutableRawPointer!, _ error: HandleOut!,
  _ operation: HandleOut!
) -> imagesearch_status {
  start(error, operation, completion, user_data) {
    try CollectionCalls.item(client, item_id, call).map(Optional.init).boxed()
  }
}

@implementation @_cdecl("imagesearch_local_index_same_bytes")
public func imagesearch_local_index_same_bytes(
  _ client: OpaquePointer!, _ image: UnsafePointer<imagesearch_image>!,
  _ call: UnsafePointer<imagesearch_call_options>!, _ error: HandleOut!, _ images: HandleOut!
) -> imagesearch_status {
  boundary(error, images) { try CollectionCalls.sameBytes(client, image, call, .blocking).run() }
}

@implementation @_cdecl("imagesearch_local_index_same_bytes_start")
public func imagesearch_local_index_same_bytes_start(
  _ client: OpaquePointer!, _ image: UnsafePointer<imagesearch_image>!,
  _ call: UnsafePointer<imagesearch_call_options>!, _ completion: imagesearch_completion!,
  _ user_data: UnsafeMutableRawPointer!, _ error: HandleOut!, _ operation: HandleOut!
) -> imagesearch_status {
  start(error, operation, completion, user_data) {
    try CollectionCalls.sameBytes(client, image, call, .background).map(Optional.init).boxed()
  }
}

@implementation @_cdecl("imagesearch_local_index_contains")
public func imagesearch_local_index_contains(
  _ client: OpaquePointer!, _ item_id: UnsafePointer<CChar>!, _ image_name: UnsafePointer<CChar>!,
  _ call: UnsafePointer<imagesearch_call_options>!, _ error: HandleOut!, _ found: UnsafeMutablePointer<Int64>!
) -> imagesearch_status {
  boundary(error, found) { try CollectionCalls.contains(client, item_id, image_name, call).run() }
}

@implementation @_cdecl("imagesearch_local_index_contains_start")
public func imagesearch_local_index_contains_start(
  _ client: OpaquePointer!, _ item_id: UnsafePointer<CChar>!, _ image_name: UnsafePointer<CChar>!,
  _ call: UnsafePointer<imagesearch_call_options>!, _ completion: imagesearch_completion!,
  _ user_data: UnsafeMutableRawPointer!, _ error: HandleOut!, _ operation: HandleOut!
) -> imagesearch_status {
  start(error, operation, completion, user_data) {
    try CollectionCalls.contains(client, item_id, image_name, call).boxed()
  }
}

@implementation @_cdecl("imagesearch_local_index_count")
public func imagesearch_local_index_count(
  _ client: OpaquePointer!, _ category: UnsafePointer<CChar>!, _ call: UnsafePointer<imagesearch_call_options>!,
  _ error: HandleOut!, _ count: UnsafeMutablePointer<Int64>!
) -> imagesearch_status {
  boundary(error, count) { try CollectionCalls.count(client, category, call).run() }
}

@implementation @_cdecl("imagesearch_local_index_count_start")
public func imagesearch_local_index_count_start(
  _ client: OpaquePointer!, _ category: UnsafePointer<CChar>!, _ call: UnsafePointer<imagesearch_call_options>!,
  _ completion: imagesearch_completion!, _ user_data: UnsafeMutableRawPointer!, _ error: HandleOut!,
  _ operation: HandleOut!
) -> imagesearch_status {
  start(error, operation, completion, user_data) {
    try CollectionCalls.count(client, category, call).boxed()
  }
}

@implementation @_cdecl("imagesearch_local_index_thumbnail")
public func imagesearch_local_index_thumbnail(
  _ client: OpaquePointer!, _ item_id: UnsafePointer<CChar>!, _ image_name: UnsafePointer<CChar>!,
  _ call: UnsafePointer<imagesearch_call_options>!, _ error: HandleOut!, _ image: HandleOut!
) -> imagesearch_status {
  boundary(error, image) { try BytesHandle(try CollectionCalls.thumbnail(client, item_id, image_name, call).run()) }
}

@implementation @_cdecl("imagesearch_local_index_thumbnail_start")
public func imagesearch_local_index_thumbnail_start(
  _ client: OpaquePointer!, _ item_id: UnsafePointer<CChar>!, _ image_name: UnsafePointer<CChar>!,
  _ call: UnsafePointer<imagesearch_call_options>!, _ completion: imagesearch_completion!,
  _ user_data: UnsafeMutableRawPointer!, _ error: HandleOut!, _ operation: HandleOut!
) -> imagesearch_status {
  start(error, operation, completion, user_data) {
    try CollectionCalls.thumbnail(client, item_id, image_name, call).boxed()
  }
}

@implementation @_cdecl("imagesearch_local_index_search_stored")
public func imagesearch_local_index_search_stored(
  _ client: OpaquePointer!, _ item_id: UnsafePointer<CChar>!, _ image_name: UnsafePointer<CChar>!,
  _ options: UnsafePointer<imagesearch_search_options>!, _ error: HandleOut!, _ page: HandleOut!
) -> imagesearch_status {
  boundary(error, page) { try PageHandle(try CollectionCalls.searchStored(client, item_id, image_name, options).run()) }
}

@implementation @_cdecl("imagesearch_local_index_search_stored_start")
public func imagesearch_local_index_search_stored_start(
  _ client: OpaquePointer!, _ item_id: UnsafePointer<CChar>!, _ image_name: UnsafePointer<CChar>!,
  _ options: UnsafePointer<imagesearch_search_options>!, _ completion: imagesearch_completion!,
  _ user_data: UnsafeMutableRawPointer!, _ error: HandleOut!, _ operation: HandleOut!
) -> imagesearch_status {
  start(error, operation, completion, user_data) {
    try CollectionCalls.searchStored(client, item_id, image_name, options).map(Optional.init).boxed()
  }
}

@implementation @_cdecl("imagesearch_local_index_encode_query")
public func imagesearch_local_index_encode_query(
  _ client: OpaquePointer!, _ image: UnsafePointer<imagesearch_image>!,
  _ options: UnsafePointer<imagesearch_search_options>!, _ form: imagesearch_query_form, _ error: HandleOut!,
  _ query: HandleOut!
) -> imagesearch_status {
  boundary(error, query) {
    try BytesHandle(try CollectionCalls.encodeQuery(client, image, options, form, .blocking).run())
  }
}

@implementation @_cdecl("imagesearch_local_index_encode_query_start")
public func imagesearch_local_index_encode_query_start(
  _ client: OpaquePointer!, _ image: UnsafePointer<imagesearch_image>!,
  _ options: UnsafePointer<imagesearch_search_options>!, _ form: imagesearch_query_form,
  _ completion: imagesearch_completion!, _ user_data: UnsafeMutableRawPointer!, _ error: HandleOut!,
  _ operation: HandleOut!
) -> imagesearch_status {
  start(error, operation, completion, user_data) {
    try CollectionCalls.encodeQuery(client, image, options, form, .background).boxed()
  }
}

@implementation @_cdecl("imagesearch_local_index_compact_query")
public func imagesearch_local_index_compact_query(
  _ query: UnsafePointer<UInt8>!, _ length: Int, _ error: HandleOut!, _ compact: HandleOut!
) -> imagesearch_status {
  boundary(error, compact) { try BytesHandle(try CollectionCalls.compactQuery(query, length)) }
}

@implementation @_cdecl("imagesearch_local_index_search_encoded")
public func imagesearch_local_index_search_encoded(
  _ client: OpaquePointer!, _ query: UnsafePointer<UInt8>!, _ length: Int,
  _ options: UnsafePointer<imagesearch_search_options>!, _ error: HandleOut!, _ page: HandleOut!
) -> imagesearch_status {
  boundary(error, page) { try PageHandle(try CollectionCalls.searchEncoded(client, query, length, options).run()) }
}

@implementation @_cdecl("imagesearch_local_index_search_encoded_start")
public func imagesearch_local_index_search_encoded_start(
  _ client: OpaquePointer!, _ query: UnsafePointer<UInt8>!, _ length: Int,
  _ options: UnsafePointer<imagesearch_search_options>!, _ completion: imagesearch_completion!,
  _ user_data: UnsafeMutableRawPointer!, _ error: HandleOut!, _ operation: HandleOut!
) -> imagesearch_status {
  start(error, operation, completion, user_data) {
    try CollectionCalls.searchEncoded(client, query, length, options).map(Optional.init).boxed()
  }
}

@implementation @_cdecl("imagesearch_local_index_search_partial")
public func imagesearch_local_index_search_partial(
  _ client: OpaquePointer!, _ query: UnsafePointer<UInt8>!, _ length: Int,
  _ options: UnsafePointer<imagesearch_search_options>!, _ error: HandleOut!, _ partial: HandleOut!
) -> imagesearch_status {
  boundary(error, partial) {
    try BytesHandle(try CollectionCalls.searchPartial(client, query, length, options).run())
  }
}

@implementation @_cdecl("imagesearch_local_index_search_partial_start")
public func imagesearch_local_index_search_partial_start(
  _ client: OpaquePointer!, _ query: UnsafePointer<UInt8>!, _ length: Int,
  _ options: UnsafePointer<imagesearch_search_options>!, _ completion: imagesearch_completion!,
  _ user_data: UnsafeMutableRawPointer!, _ error: HandleOut!, _ operation: HandleOut!
) -> imagesearch_status {
  start(error, operation, completion, user_data) {
    try CollectionCalls.searchPartial(client, query, length, options).boxed()
  }
}

@implementation @_cdecl("imagesearch_local_index_merge_partials")
public func imagesearch_local_index_merge_partials(
  _ partials: UnsafePointer<imagesearch_partial>!, _ count: Int,
  _ options: UnsafePointer<imagesearch_search_options>!, _ error: HandleOut!, _ page: HandleOut!
) -> imagesearch_status {
  boundary(error, page) { try PageHandle(try CollectionCalls.mergePartials(partials, count, options)) }
}

@implementation @_cdecl("imagesearch_local_index_update")
public func imagesearch_local_index_update(
  _ client: OpaquePointer!, _ item_id: UnsafePointer<CChar>!, _ image_name: UnsafePointer<CChar>!,
  _ update: UnsafePointer<imagesearch_update_options>!, _ call: UnsafePointer<imagesearch_call_options>!,
  _ error: HandleOut!, _ updated: UnsafeMutablePointer<Int64>!
) -> imagesearch_status {
  boundary(error, updated) { try CollectionCalls.update(client, item_id, image_name, update, call).run() }
}

@implementation @_cdecl("imagesearch_local_index_update_start")
public func imagesearch_local_index_update_start(
  _ client: OpaquePointer!, _ item_id: UnsafePointer<CChar>!, _ image_name: UnsafePointer<CChar>!,
  _ update: UnsafePointer<imagesearch_update_options>!, _ call: UnsafePointer<imagesearch_call_options>!,
  _ completion: imagesearch_completion!, _ user_data: UnsafeMutableRawPointer!, _ error: HandleOut!,
  _ operation: HandleOut!
) -> imagesearch_status {
  start(error, operation, completion, user_data) {
    try CollectionCalls.update(client, item_id, image_name, update, call).boxed()
  }
}

@implementation @_cdecl("imagesearch_local_index_prune")
public func imagesearch_local_index_prune(
  _ client: OpaquePointer!, _ folder: UnsafePointer<CChar>!, _ apply: Int32,
  _ call: UnsafePointer<imagesearch_call_options>!, _ error: HandleOut!, _ images: HandleOut!
) -> imagesearch_status {
  boundary(error, images) { try CollectionCalls.prune(client, folder, apply, call).run() }
}

@implementation @_cdecl("imagesearch_local_index_prune_start")
public func imagesearch_local_index_prune_start(
  _ client: OpaquePointer!, _ folder: UnsafePointer<CChar>!, _ apply: Int32,
  _ call: UnsafePointer<imagesearch_call_options>!, _ completion: imagesearch_completion!,
  _ user_data: UnsafeMutableRawPointer!, _ error: HandleOut!, _ operation: HandleOut!
) -> imagesearch_status {
  start(error, operation, completion, user_data) {
    try CollectionCalls.prune(client, folder, apply, call).map(Optional.init).boxed()
  }
}

@implementation @_cdecl("imagesearch_local_index_categories")
public func imagesearch_local_index_categories(
  _ client: OpaquePointer!, _ call: UnsafePointer<imagesearch_call_options>!, _ error: HandleOut!,
  _ categories: HandleOut!
) -> imagesearch_status {
  boundary(error, categories) { try CollectionCalls.categories(client, call).run() }
}

@implementation @_cdecl("imagesearch_local_index_categories_start")
public func imagesearch_local_index_categories_start(
  _ client: OpaquePointer!, _ call: UnsafePointer<imagesearch_call_options>!, _ completion: imagesearch_completion!,
  _ user_data: UnsafeMutableRawPointer!, _ error: HandleOut!, _ operation: HandleOut!
) -> imagesearch_status {
  start(error, operation, completion, user_data) { try CollectionCalls.categories(client, call).boxed() }
}

@implementation @_cdecl("imagesearch_categories_list")
public func imagesearch_categories_list(
  _ categories: OpaquePointer!, _ count: UnsafeMutablePointer<Int>!
) -> UnsafePointer<imagesearch_category>! {
  let handle = CategoriesHandle.of(categories)
  count?.pointee = handle?.count ?? 0
  return handle?.list
}

@implementation @_cdecl("imagesearch_categories_free")
public func imagesearch_categories_free(_ categories: OpaquePointer!) {
  CategoriesHandle.release(categories)
}
