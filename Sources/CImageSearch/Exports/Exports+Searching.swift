// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// The header documents what is exported.

import CImageSearchHeader
import ImageSearch

@implementation @_cdecl("imagesearch_search")
public func imagesearch_search(
  _ client: OpaquePointer!, _ image: UnsafePointer<imagesearch_image>!,
  _ options: UnsafePointer<imagesearch_search_options>!, _ error: HandleOut!, _ page: HandleOut!
) -> imagesearch_status {
  boundary(error, page) { try PageHandle(try Calls.search(client, image, options, .blocking).run()) }
}

@implementation @_cdecl("imagesearch_search_start")
public func imagesearch_search_start(
  _ client: OpaquePointer!, _ image: UnsafePointer<imagesearch_image>!,
  _ options: UnsafePointer<imagesearch_search_options>!, _ completion: imagesearch_completion!,
  _ user_data: UnsafeMutableRawPointer!, _ error: HandleOut!, _ operation: HandleOut!
) -> imagesearch_status {
  start(error, operation, completion, user_data) {
    try Calls.search(client, image, options, .background).map(Optional.init).boxed()
  }
}

@implementation @_cdecl("imagesearch_search_many")
public func imagesearch_search_many(
  _ client: OpaquePointer!, _ images: UnsafePointer<imagesearch_image>!, _ image_count: Int,
  _ options: UnsafePointer<imagesearch_search_options>!, _ many: UnsafePointer<imagesearch_many_options>!,
  _ progress: imagesearch_batch_callback!, _ user_data: UnsafeMutableRawPointer!, _ error: HandleOut!,
  _ results: HandleOut!
) -> imagesearch_status {
  boundary(error, results) {
    try ResultsHandle(
      try Calls.searchMany(
        client, images, image_count, options, many, .init(callback: progress, userData: user_data), .blocking
      ).run())
  }
}

@implementation @_cdecl("imagesearch_search_many_start")
public func imagesearch_search_many_start(
  _ client: OpaquePointer!, _ images: UnsafePointer<imagesearch_image>!, _ image_count: Int,
  _ options: UnsafePointer<imagesearch_search_options>!, _ many: UnsafePointer<imagesearch_many_options>!,
  _ progress: imagesearch_batch_callback!, _ completion: imagesearch_completion!, _ user_data: UnsafeMutableRawPointer!,
  _ error: HandleOut!, _ operation: HandleOut!
) -> imagesearch_status {
  start(error, operation, completion, user_data) {
    try Calls.searchMany(
      client, images, image_count, options, many, .init(callback: progress, userData: user_data), .background
    ).boxed()
  }
}

@implementation @_cdecl("imagesearch_pages_open")
public func imagesearch_pages_open(
  _ client: OpaquePointer!, _ image: UnsafePointer<imagesearch_image>!,
  _ options: UnsafePointer<imagesearch_search_options>!, _ error: HandleOut!, _ pages: HandleOut!
) -> imagesearch_status {
  boundary(error, pages) {
    let client = try ClientHandle.open(client)
    let request = try Reading.search(image, options, .background).request
    return PagesHandle(client, request)
  }
}

@implementation @_cdecl("imagesearch_pages_next")
public func imagesearch_pages_next(
  _ pages: OpaquePointer!, _ call: UnsafePointer<imagesearch_call_options>!, _ error: HandleOut!, _ page: HandleOut!
) -> imagesearch_status {
  boundary(error) {
    page?.pointee = nil
    guard let page else { throw ImageSearchError(.invalidArgument, "the out-parameter is NULL") }
    page.pointee = try PagesHandle.next(pages, call).run().map(PageHandle.init)?.toC()
  }
}

@implementation @_cdecl("imagesearch_pages_next_start")
public func imagesearch_pages_next_start(
  _ pages: OpaquePointer!, _ call: UnsafePointer<imagesearch_call_options>!, _ completion: imagesearch_completion!,
  _ user_data: UnsafeMutableRawPointer!, _ error: HandleOut!, _ operation: HandleOut!
) -> imagesearch_status {
  start(error, operation, completion, user_data) { try PagesHandle.next(pages, call).boxed() }
}

@implementation @_cdecl("imagesearch_pages_free")
public func imagesearch_pages_free(_ pages: OpaquePointer!) {
  PagesHandle.release(pages)
}

@implementation @_cdecl("imagesearch_overlay")
public func imagesearch_overlay(
  _ client: OpaquePointer!, _ query: UnsafePointer<imagesearch_image>!, _ match: OpaquePointer!,
  _ style: imagesearch_overlay_style, _ call: UnsafePointer<imagesearch_call_options>!, _ error: HandleOut!,
  _ image: HandleOut!
) -> imagesearch_status {
  boundary(error, image) { try BytesHandle(try Calls.overlay(client, query, match, style, call, .blocking).run()) }
}

@implementation @_cdecl("imagesearch_overlay_start")
public func imagesearch_overlay_start(
  _ client: OpaquePointer!, _ query: UnsafePointer<imagesearch_image>!, _ match: OpaquePointer!,
  _ style: imagesearch_overlay_style, _ call: UnsafePointer<imagesearch_call_options>!,
  _ completion: imagesearch_completion!, _ user_data: UnsafeMutableRawPointer!, _ error: HandleOut!,
  _ operation: HandleOut!
) -> imagesearch_status {
  start(error, operation, completion, user_data) {
    try Calls.overlay(client, query, match, style, call, .background).boxed()
  }
}
