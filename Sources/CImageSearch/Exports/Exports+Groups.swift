// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// The header documents what is exported.

import CImageSearchHeader
import ImageSearch

@implementation @_cdecl("imagesearch_local_index_groups_open")
public func imagesearch_local_index_groups_open(
  _ client: OpaquePointer!, _ options: UnsafePointer<imagesearch_group_options>!,
  _ call: UnsafePointer<imagesearch_call_options>!, _ progress: imagesearch_batch_callback!,
  _ user_data: UnsafeMutableRawPointer!, _ error: HandleOut!, _ groups: HandleOut!
) -> imagesearch_status {
  boundary(error, groups) {
    try GroupsHandle(client, options, call, .init(callback: progress, userData: user_data))
  }
}

@implementation @_cdecl("imagesearch_groups_next")
public func imagesearch_groups_next(_ groups: OpaquePointer!, _ error: HandleOut!, _ group: HandleOut!)
  -> imagesearch_status
{
  boundary(error) {
    group?.pointee = nil
    guard let group else { throw ImageSearchError(.invalidArgument, "the out-parameter is NULL") }
    group.pointee = try GroupsHandle.next(groups).run()?.toC()
  }
}

@implementation @_cdecl("imagesearch_groups_next_start")
public func imagesearch_groups_next_start(
  _ groups: OpaquePointer!, _ completion: imagesearch_completion!, _ user_data: UnsafeMutableRawPointer!,
  _ error: HandleOut!, _ operation: HandleOut!
) -> imagesearch_status {
  start(error, operation, completion, user_data) { try GroupsHandle.next(groups).boxed() }
}

@implementation @_cdecl("imagesearch_groups_free")
public func imagesearch_groups_free(_ groups: OpaquePointer!) {
  GroupsHandle.release(groups)
}

@implementation @_cdecl("imagesearch_group_free")
public func imagesearch_group_free(_ group: OpaquePointer!) {
  GroupHandle.release(group)
}

@implementation @_cdecl("imagesearch_group_member_count")
public func imagesearch_group_member_count(_ group: OpaquePointer!) -> Int {
  GroupHandle.of(group)?.memberCount ?? 0
}

@implementation @_cdecl("imagesearch_group_related_count")
public func imagesearch_group_related_count(_ group: OpaquePointer!) -> Int {
  GroupHandle.of(group).map { $0.images.count - $0.memberCount } ?? 0
}

@implementation @_cdecl("imagesearch_group_read")
public func imagesearch_group_read(
  _ group: OpaquePointer!, _ index: Int, _ member: UnsafeMutablePointer<imagesearch_group_member>!
) -> imagesearch_status {
  fill(GroupHandle.of(group)?.images[safe: index], unknown: GroupHandle.unknown, to: member)
}

@implementation @_cdecl("imagesearch_comparison_free")
public func imagesearch_comparison_free(_ comparison: OpaquePointer!) {
  ComparisonHandle.release(comparison)
}

@implementation @_cdecl("imagesearch_comparison_read")
public func imagesearch_comparison_read(
  _ comparison: OpaquePointer!, _ fields: UnsafeMutablePointer<imagesearch_comparison_fields>!
) -> imagesearch_status {
  fill(ComparisonHandle.of(comparison)?.fields, unknown: ComparisonHandle.unknown, to: fields)
}

@implementation @_cdecl("imagesearch_local_index_compare")
public func imagesearch_local_index_compare(
  _ client: OpaquePointer!, _ first: UnsafePointer<imagesearch_subject>!, _ second: UnsafePointer<imagesearch_subject>!,
  _ call: UnsafePointer<imagesearch_call_options>!, _ error: HandleOut!, _ comparison: HandleOut!
) -> imagesearch_status {
  boundary(error, comparison) { try CollectionCalls.compare(client, first, second, call, .blocking).run() }
}

@implementation @_cdecl("imagesearch_local_index_compare_start")
public func imagesearch_local_index_compare_start(
  _ client: OpaquePointer!, _ first: UnsafePointer<imagesearch_subject>!, _ second: UnsafePointer<imagesearch_subject>!,
  _ call: UnsafePointer<imagesearch_call_options>!, _ completion: imagesearch_completion!,
  _ user_data: UnsafeMutableRawPointer!, _ error: HandleOut!, _ operation: HandleOut!
) -> imagesearch_status {
  start(error, operation, completion, user_data) {
    try CollectionCalls.compare(client, first, second, call, .background).boxed()
  }
}

@implementation @_cdecl("imagesearch_local_index_compare_overlay")
public func imagesearch_local_index_compare_overlay(
  _ client: OpaquePointer!, _ first: UnsafePointer<imagesearch_subject>!, _ second: UnsafePointer<imagesearch_subject>!,
  _ style: imagesearch_overlay_style, _ call: UnsafePointer<imagesearch_call_options>!, _ error: HandleOut!,
  _ image: HandleOut!
) -> imagesearch_status {
  boundary(error, image) {
    try BytesHandle(try CollectionCalls.compareOverlay(client, first, second, style, call, .blocking).run())
  }
}

@implementation @_cdecl("imagesearch_local_index_compare_overlay_start")
public func imagesearch_local_index_compare_overlay_start(
  _ client: OpaquePointer!, _ first: UnsafePointer<imagesearch_subject>!, _ second: UnsafePointer<imagesearch_subject>!,
  _ style: imagesearch_overlay_style, _ call: UnsafePointer<imagesearch_call_options>!,
  _ completion: imagesearch_completion!, _ user_data: UnsafeMutableRawPointer!, _ error: HandleOut!,
  _ operation: HandleOut!
) -> imagesearch_status {
  start(error, operation, completion, user_data) {
    try CollectionCalls.compareOverlay(client, first, second, style, call, .background).boxed()
  }
}
