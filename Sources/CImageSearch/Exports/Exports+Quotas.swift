import CImageSearchHeader
import ImageSearch

/// See the header.
@implementation @_cdecl("imagesearch_quota_free")
public func imagesearch_quota_free(_ quota: OpaquePointer!) {
  QuotaHandle.release(quota)
}

/// See the header.
@implementation @_cdecl("imagesearch_quota_remaining")
public func imagesearch_quota_remaining(_ quota: OpaquePointer!) -> Int64 {
  Int64(QuotaHandle.of(quota)?.quota.remaining ?? -1)
}

/// See the header.
@implementation @_cdecl("imagesearch_quota_unit")
public func imagesearch_quota_unit(_ quota: OpaquePointer!) -> Int32 {
  QuotaHandle.of(quota)?.quota.unit == .images
    ? Int32(IMAGESEARCH_UNIT_IMAGES) : Int32(IMAGESEARCH_UNIT_SEARCHES)
}

/// See the header.
@implementation @_cdecl("imagesearch_quota_per_second")
public func imagesearch_quota_per_second(_ quota: OpaquePointer!) -> Double {
  QuotaHandle.of(quota)?.quota.perSecond ?? .nan
}

/// See the header.
@implementation @_cdecl("imagesearch_quota_bundle_count")
public func imagesearch_quota_bundle_count(_ quota: OpaquePointer!) -> Int {
  QuotaHandle.of(quota)?.bundles.count ?? 0
}

/// See the header.
@implementation @_cdecl("imagesearch_quota_bundle_remaining")
public func imagesearch_quota_bundle_remaining(_ quota: OpaquePointer!, _ index: Int) -> Int64 {
  Int64(QuotaHandle.of(quota)?.bundles[safe: index]?.remaining ?? -1)
}

/// See the header.
@implementation @_cdecl("imagesearch_quota_bundle_start")
public func imagesearch_quota_bundle_start(_ quota: OpaquePointer!, _ index: Int) -> UnsafePointer<CChar>! {
  QuotaHandle.of(quota)?.bundles[safe: index]?.start
}

/// See the header.
@implementation @_cdecl("imagesearch_quota_bundle_end")
public func imagesearch_quota_bundle_end(_ quota: OpaquePointer!, _ index: Int) -> UnsafePointer<CChar>! {
  QuotaHandle.of(quota)?.bundles[safe: index]?.end
}
