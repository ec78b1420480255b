import CImageSearchHeader
import ImageSearch

/// See the header.
@implementation @_cdecl("imagesearch_add_report_free")
public func imagesearch_add_report_free(_ report: OpaquePointer!) {
  AddReportHandle.release(report)
}

/// See the header.
@implementation @_cdecl("imagesearch_add_report_count")
public func imagesearch_add_report_count(_ report: OpaquePointer!) -> Int {
  AddReportHandle.of(report)?.entries.count ?? 0
}

/// See the header.
@implementation @_cdecl("imagesearch_add_report_failed_count")
public func imagesearch_add_report_failed_count(_ report: OpaquePointer!) -> Int {
  AddReportHandle.of(report)?.failed ?? 0
}

/// See the header.
@implementation @_cdecl("imagesearch_add_report_item_id")
public func imagesearch_add_report_item_id(_ report: OpaquePointer!, _ index: Int) -> UnsafePointer<CChar>! {
  AddReportHandle.of(report)?.entries[safe: index]?.itemID
}

/// See the header.
@implementation @_cdecl("imagesearch_add_report_image_name")
public func imagesearch_add_report_image_name(_ report: OpaquePointer!, _ index: Int) -> UnsafePointer<CChar>! {
  AddReportHandle.of(report)?.entries[safe: index]?.imageName
}

/// See the header.
@implementation @_cdecl("imagesearch_add_report_outcome")
public func imagesearch_add_report_outcome(_ report: OpaquePointer!, _ index: Int) -> Int32 {
  AddReportHandle.of(report)?.entries[safe: index]?.outcome ?? -1
}

/// See the header.
@implementation @_cdecl("imagesearch_add_report_warning")
public func imagesearch_add_report_warning(_ report: OpaquePointer!, _ index: Int) -> UnsafePointer<CChar>! {
  AddReportHandle.of(report)?.entries[safe: index]?.warning
}

/// See the header.
@implementation @_cdecl("imagesearch_add_report_error")
public func imagesearch_add_report_error(_ report: OpaquePointer!, _ index: Int) -> OpaquePointer! {
  AddReportHandle.of(report)?.entries[safe: index]?.error?.borrowed()
}
