import CImageSearchHeader
import ImageSearch

/// See the header.
@implementation @_cdecl("imagesearch_page_free")
public func imagesearch_page_free(_ page: OpaquePointer!) {
  PageHandle.release(page)
}

/// See the header.
@implementation @_cdecl("imagesearch_page_service")
public func imagesearch_page_service(_ page: OpaquePointer!) -> UnsafePointer<CChar>! {
  PageHandle.of(page)?.service
}

/// See the header.
@implementation @_cdecl("imagesearch_page_match_count")
public func imagesearch_page_match_count(_ page: OpaquePointer!) -> Int {
  PageHandle.of(page)?.matches.count ?? 0
}

/// See the header.
@implementation @_cdecl("imagesearch_page_match")
public func imagesearch_page_match(_ page: OpaquePointer!, _ index: Int) -> OpaquePointer! {
  PageHandle.of(page)?.matches[safe: index]?.borrowed()
}

/// See the header.
@implementation @_cdecl("imagesearch_page_total")
public func imagesearch_page_total(_ page: OpaquePointer!) -> Int64 {
  Int64(PageHandle.of(page)?.page.total ?? -1)
}

/// See the header.
@implementation @_cdecl("imagesearch_page_offset")
public func imagesearch_page_offset(_ page: OpaquePointer!) -> Int64 {
  Int64(PageHandle.of(page)?.page.offset ?? 0)
}

/// See the header.
@implementation @_cdecl("imagesearch_page_has_more")
public func imagesearch_page_has_more(_ page: OpaquePointer!) -> Int32 {
  PageHandle.of(page)?.page.hasMore == true ? 1 : 0
}

/// See the header.
@implementation @_cdecl("imagesearch_page_request_id")
public func imagesearch_page_request_id(_ page: OpaquePointer!) -> UnsafePointer<CChar>! {
  PageHandle.of(page)?.requestID
}

/// See the header.
@implementation @_cdecl("imagesearch_page_warning_count")
public func imagesearch_page_warning_count(_ page: OpaquePointer!) -> Int {
  PageHandle.of(page)?.warnings.count ?? 0
}

/// See the header.
@implementation @_cdecl("imagesearch_page_warning")
public func imagesearch_page_warning(_ page: OpaquePointer!, _ index: Int) -> UnsafePointer<CChar>! {
  PageHandle.of(page)?.warnings[safe: index] ?? nil
}

/// See the header.
@implementation @_cdecl("imagesearch_page_raw")
public func imagesearch_page_raw(_ page: OpaquePointer!, _ length: UnsafeMutablePointer<Int>!) -> UnsafePointer<UInt8>!
{
  let raw = PageHandle.of(page)?.raw
  length?.pointee = raw?.count ?? 0
  return UnsafePointer(raw?.baseAddress)
}

/// See the header.
@implementation @_cdecl("imagesearch_page_next_offset")
public func imagesearch_page_next_offset(_ page: OpaquePointer!) -> Int64 {
  Int64(PageHandle.of(page)?.page.nextOffset ?? 0)
}
