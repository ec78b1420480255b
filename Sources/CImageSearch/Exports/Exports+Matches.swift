import CImageSearchHeader
import ImageSearch

/// See the header.
@implementation @_cdecl("imagesearch_match_score")
public func imagesearch_match_score(_ match: OpaquePointer!) -> Double {
  MatchHandle.of(match)?.match.score ?? .nan
}

/// See the header.
@implementation @_cdecl("imagesearch_match_confidence")
public func imagesearch_match_confidence(_ match: OpaquePointer!) -> Double {
  MatchHandle.of(match)?.match.confidence ?? .nan
}

/// See the header.
@implementation @_cdecl("imagesearch_match_image_url")
public func imagesearch_match_image_url(_ match: OpaquePointer!) -> UnsafePointer<CChar>! {
  MatchHandle.of(match)?.imageURL
}

/// See the header.
@implementation @_cdecl("imagesearch_match_page_url")
public func imagesearch_match_page_url(_ match: OpaquePointer!) -> UnsafePointer<CChar>! {
  MatchHandle.of(match)?.pageURL
}

/// See the header.
@implementation @_cdecl("imagesearch_match_domain")
public func imagesearch_match_domain(_ match: OpaquePointer!) -> UnsafePointer<CChar>! {
  MatchHandle.of(match)?.domain
}

/// See the header.
@implementation @_cdecl("imagesearch_match_format")
public func imagesearch_match_format(_ match: OpaquePointer!) -> UnsafePointer<CChar>! {
  MatchHandle.of(match)?.format
}

/// See the header.
@implementation @_cdecl("imagesearch_match_width")
public func imagesearch_match_width(_ match: OpaquePointer!) -> Int64 {
  Int64(MatchHandle.of(match)?.match.width ?? -1)
}

/// See the header.
@implementation @_cdecl("imagesearch_match_height")
public func imagesearch_match_height(_ match: OpaquePointer!) -> Int64 {
  Int64(MatchHandle.of(match)?.match.height ?? -1)
}

/// See the header.
@implementation @_cdecl("imagesearch_match_file_size")
public func imagesearch_match_file_size(_ match: OpaquePointer!) -> Int64 {
  Int64(MatchHandle.of(match)?.match.fileSize ?? -1)
}

/// See the header.
@implementation @_cdecl("imagesearch_match_item_id")
public func imagesearch_match_item_id(_ match: OpaquePointer!) -> UnsafePointer<CChar>! {
  MatchHandle.of(match)?.itemID
}

/// See the header.
@implementation @_cdecl("imagesearch_match_image_name")
public func imagesearch_match_image_name(_ match: OpaquePointer!) -> UnsafePointer<CChar>! {
  MatchHandle.of(match)?.imageName
}

/// See the header.
@implementation @_cdecl("imagesearch_match_category")
public func imagesearch_match_category(_ match: OpaquePointer!) -> UnsafePointer<CChar>! {
  MatchHandle.of(match)?.category
}

/// See the header.
@implementation @_cdecl("imagesearch_match_custom_content")
public func imagesearch_match_custom_content(_ match: OpaquePointer!) -> UnsafePointer<CChar>! {
  MatchHandle.of(match)?.customContent
}

/// See the header.
@implementation @_cdecl("imagesearch_match_title")
public func imagesearch_match_title(_ match: OpaquePointer!) -> UnsafePointer<CChar>! {
  MatchHandle.of(match)?.title
}

/// See the header.
@implementation @_cdecl("imagesearch_match_price")
public func imagesearch_match_price(_ match: OpaquePointer!) -> UnsafePointer<CChar>! {
  MatchHandle.of(match)?.price
}

/// See the header.
@implementation @_cdecl("imagesearch_match_currency")
public func imagesearch_match_currency(_ match: OpaquePointer!) -> UnsafePointer<CChar>! {
  MatchHandle.of(match)?.currency
}

/// See the header.
@implementation @_cdecl("imagesearch_match_overlay_url")
public func imagesearch_match_overlay_url(_ match: OpaquePointer!) -> UnsafePointer<CChar>! {
  MatchHandle.of(match)?.overlayURL
}

/// See the header.
@implementation @_cdecl("imagesearch_match_transform")
public func imagesearch_match_transform(_ match: OpaquePointer!, _ values: UnsafeMutablePointer<Double>!) -> Int32 {
  guard let values, let map = MatchHandle.of(match)?.match.transform else { return 0 }
  for (i, value) in [map.m11, map.m12, map.m13, map.m21, map.m22, map.m23].enumerated() { values[i] = value }
  return 1
}

/// See the header.
@implementation @_cdecl("imagesearch_match_is_mirrored")
public func imagesearch_match_is_mirrored(_ match: OpaquePointer!) -> Int32 {
  MatchHandle.of(match)?.match.isMirrored.map { $0 ? 1 : 0 } ?? -1
}

/// See the header.
@implementation @_cdecl("imagesearch_match_query_overlap")
public func imagesearch_match_query_overlap(_ match: OpaquePointer!) -> Double {
  MatchHandle.of(match)?.match.queryOverlap ?? .nan
}

/// See the header.
@implementation @_cdecl("imagesearch_match_match_overlap")
public func imagesearch_match_match_overlap(_ match: OpaquePointer!) -> Double {
  MatchHandle.of(match)?.match.matchOverlap ?? .nan
}

/// See the header.
@implementation @_cdecl("imagesearch_match_tag_count")
public func imagesearch_match_tag_count(_ match: OpaquePointer!) -> Int {
  MatchHandle.of(match)?.tags.count ?? 0
}

/// See the header.
@implementation @_cdecl("imagesearch_match_tag")
public func imagesearch_match_tag(_ match: OpaquePointer!, _ index: Int) -> UnsafePointer<CChar>! {
  MatchHandle.of(match)?.tags[safe: index] ?? nil
}

/// See the header.
@implementation @_cdecl("imagesearch_match_backlinks")
public func imagesearch_match_backlinks(_ match: OpaquePointer!, _ count: UnsafeMutablePointer<Int>!) -> UnsafePointer<
  imagesearch_backlink
>! {
  let backlinks = MatchHandle.of(match)?.backlinks
  count?.pointee = backlinks?.count ?? 0
  return backlinks.flatMap { $0.isEmpty ? nil : UnsafePointer($0.baseAddress) }
}

/// See the header.
@implementation @_cdecl("imagesearch_match_detail")
public func imagesearch_match_detail(
  _ match: OpaquePointer!, _ name: UnsafePointer<CChar>!
) -> UnsafePointer<CChar>! {
  guard let name else { return nil }
  return MatchHandle.of(match)?.detail(name)
}

/// See the header.
@implementation @_cdecl("imagesearch_match_detail_count")
public func imagesearch_match_detail_count(_ match: OpaquePointer!) -> Int { MatchHandle.of(match)?.details.count ?? 0 }

/// See the header.
@implementation @_cdecl("imagesearch_match_detail_name")
public func imagesearch_match_detail_name(_ match: OpaquePointer!, _ index: Int) -> UnsafePointer<CChar>! {
  MatchHandle.of(match)?.details[safe: index]?.name
}

/// See the header.
@implementation @_cdecl("imagesearch_match_detail_value")
public func imagesearch_match_detail_value(_ match: OpaquePointer!, _ index: Int) -> UnsafePointer<CChar>! {
  MatchHandle.of(match)?.details[safe: index]?.value
}
