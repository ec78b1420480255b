// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// The header documents what is exported.

import CImageSearchHeader

@implementation @_cdecl("imagesearch_error_free")
public func imagesearch_error_free(_ error: OpaquePointer!) {
  ErrorHandle.release(error)
}

@implementation @_cdecl("imagesearch_error_read")
public func imagesearch_error_read(_ error: OpaquePointer!, _ fields: UnsafeMutablePointer<imagesearch_error_fields>!)
  -> imagesearch_status
{
  fill(ErrorHandle.of(error)?.fields, unknown: ErrorHandle.unknown, to: fields)
}

@implementation @_cdecl("imagesearch_error_status")
public func imagesearch_error_status(_ error: OpaquePointer!) -> imagesearch_status {
  ErrorHandle.of(error)?.fields.status ?? 0
}

@implementation @_cdecl("imagesearch_error_message")
public func imagesearch_error_message(_ error: OpaquePointer!) -> UnsafePointer<CChar>! {
  ErrorHandle.of(error)?.fields.message
}

@implementation @_cdecl("imagesearch_page_free")
public func imagesearch_page_free(_ page: OpaquePointer!) {
  PageHandle.release(page)
}

@implementation @_cdecl("imagesearch_page_read")
public func imagesearch_page_read(_ page: OpaquePointer!, _ fields: UnsafeMutablePointer<imagesearch_page_fields>!)
  -> imagesearch_status
{
  fill(PageHandle.of(page)?.fields, unknown: PageHandle.unknown, to: fields)
}

@implementation @_cdecl("imagesearch_page_match_count")
public func imagesearch_page_match_count(_ page: OpaquePointer!) -> Int {
  PageHandle.of(page)?.matches.count ?? 0
}

@implementation @_cdecl("imagesearch_page_match")
public func imagesearch_page_match(_ page: OpaquePointer!, _ index: Int) -> OpaquePointer! {
  PageHandle.of(page)?.matches[safe: index]?.borrowed()
}

@implementation @_cdecl("imagesearch_page_next_offset")
public func imagesearch_page_next_offset(_ page: OpaquePointer!) -> Int64 {
  PageHandle.of(page)?.fields.next_offset ?? -1
}

@implementation @_cdecl("imagesearch_page_has_more")
public func imagesearch_page_has_more(_ page: OpaquePointer!) -> Int32 {
  PageHandle.of(page)?.fields.has_more ?? 0
}

@implementation @_cdecl("imagesearch_page_raw")
public func imagesearch_page_raw(_ page: OpaquePointer!, _ length: UnsafeMutablePointer<Int>!) -> UnsafePointer<UInt8>!
{
  let raw = PageHandle.of(page)?.raw
  length?.pointee = raw?.count ?? 0
  return raw?.baseAddress?.assumingMemoryBound(to: UInt8.self)
}

@implementation @_cdecl("imagesearch_match_read")
public func imagesearch_match_read(_ match: OpaquePointer!, _ fields: UnsafeMutablePointer<imagesearch_match_fields>!)
  -> imagesearch_status
{
  fill(MatchHandle.of(match)?.fields, unknown: MatchHandle.unknown, to: fields)
}

@implementation @_cdecl("imagesearch_match_score")
public func imagesearch_match_score(_ match: OpaquePointer!) -> Double {
  MatchHandle.of(match)?.fields.score ?? .nan
}

@implementation @_cdecl("imagesearch_match_confidence")
public func imagesearch_match_confidence(_ match: OpaquePointer!) -> Double {
  MatchHandle.of(match)?.fields.confidence ?? .nan
}

@implementation @_cdecl("imagesearch_match_image_url")
public func imagesearch_match_image_url(_ match: OpaquePointer!) -> UnsafePointer<CChar>! {
  MatchHandle.of(match)?.fields.image_url
}

@implementation @_cdecl("imagesearch_match_page_url")
public func imagesearch_match_page_url(_ match: OpaquePointer!) -> UnsafePointer<CChar>! {
  MatchHandle.of(match)?.fields.page_url
}

@implementation @_cdecl("imagesearch_match_item_id")
public func imagesearch_match_item_id(_ match: OpaquePointer!) -> UnsafePointer<CChar>! {
  MatchHandle.of(match)?.fields.item_id
}

@implementation @_cdecl("imagesearch_match_image_name")
public func imagesearch_match_image_name(_ match: OpaquePointer!) -> UnsafePointer<CChar>! {
  MatchHandle.of(match)?.fields.image_name
}

@implementation @_cdecl("imagesearch_match_detail")
public func imagesearch_match_detail(_ match: OpaquePointer!, _ name: UnsafePointer<CChar>!) -> UnsafePointer<CChar>! {
  guard let name else { return nil }
  return MatchHandle.of(match)?.detail(name)
}

@implementation @_cdecl("imagesearch_quota_free")
public func imagesearch_quota_free(_ quota: OpaquePointer!) {
  QuotaHandle.release(quota)
}

@implementation @_cdecl("imagesearch_quota_read")
public func imagesearch_quota_read(_ quota: OpaquePointer!, _ fields: UnsafeMutablePointer<imagesearch_quota_fields>!)
  -> imagesearch_status
{
  fill(QuotaHandle.of(quota)?.fields, unknown: QuotaHandle.unknown, to: fields)
}

@implementation @_cdecl("imagesearch_quota_remaining")
public func imagesearch_quota_remaining(_ quota: OpaquePointer!) -> Int64 {
  QuotaHandle.of(quota)?.fields.remaining ?? -1
}

@implementation @_cdecl("imagesearch_add_report_free")
public func imagesearch_add_report_free(_ report: OpaquePointer!) {
  AddReportHandle.release(report)
}

@implementation @_cdecl("imagesearch_add_report_count")
public func imagesearch_add_report_count(_ report: OpaquePointer!) -> Int {
  AddReportHandle.of(report)?.entries.count ?? 0
}

@implementation @_cdecl("imagesearch_add_report_failed_count")
public func imagesearch_add_report_failed_count(_ report: OpaquePointer!) -> Int {
  AddReportHandle.of(report)?.failedCount ?? 0
}

@implementation @_cdecl("imagesearch_add_report_skipped_count")
public func imagesearch_add_report_skipped_count(_ report: OpaquePointer!) -> Int {
  AddReportHandle.of(report)?.skippedCount ?? 0
}

@implementation @_cdecl("imagesearch_add_report_pruned_count")
public func imagesearch_add_report_pruned_count(_ report: OpaquePointer!) -> Int {
  AddReportHandle.of(report)?.prunedCount ?? 0
}

@implementation @_cdecl("imagesearch_add_report_entry")
public func imagesearch_add_report_entry(
  _ report: OpaquePointer!, _ index: Int, _ entry: UnsafeMutablePointer<imagesearch_add_entry>!
) -> imagesearch_status {
  fill(AddReportHandle.of(report)?.entries[safe: index], unknown: imagesearch_add_entry(), to: entry)
}

@implementation @_cdecl("imagesearch_bytes_free")
public func imagesearch_bytes_free(_ bytes: OpaquePointer!) {
  BytesHandle.release(bytes)
}

@implementation @_cdecl("imagesearch_bytes_data")
public func imagesearch_bytes_data(_ bytes: OpaquePointer!, _ length: UnsafeMutablePointer<Int>!) -> UnsafePointer<
  UInt8
>! {
  let content = BytesHandle.of(bytes)?.bytes
  length?.pointee = content?.count ?? 0
  return content?.baseAddress?.assumingMemoryBound(to: UInt8.self)
}

@implementation @_cdecl("imagesearch_results_free")
public func imagesearch_results_free(_ results: OpaquePointer!) {
  ResultsHandle.release(results)
}

@implementation @_cdecl("imagesearch_results_count")
public func imagesearch_results_count(_ results: OpaquePointer!) -> Int {
  ResultsHandle.of(results)?.results.count ?? 0
}

@implementation @_cdecl("imagesearch_results_failed_count")
public func imagesearch_results_failed_count(_ results: OpaquePointer!) -> Int {
  ResultsHandle.of(results)?.failedCount ?? 0
}

@implementation @_cdecl("imagesearch_results_page")
public func imagesearch_results_page(_ results: OpaquePointer!, _ index: Int) -> OpaquePointer! {
  ResultsHandle.of(results)?.results[safe: index]?.page?.borrowed()
}

@implementation @_cdecl("imagesearch_results_error")
public func imagesearch_results_error(_ results: OpaquePointer!, _ index: Int) -> OpaquePointer! {
  ResultsHandle.of(results)?.results[safe: index]?.error?.borrowed()
}
