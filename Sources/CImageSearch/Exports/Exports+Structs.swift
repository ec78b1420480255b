// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// The header documents what is exported.

import CImageSearchHeader

@implementation @_cdecl("imagesearch_error_fields_init")
public func imagesearch_error_fields_init(_ value: UnsafeMutablePointer<imagesearch_error_fields>!, _ size: Int) {
  initialize(value, size)
}

@implementation @_cdecl("imagesearch_client_options_init")
public func imagesearch_client_options_init(_ value: UnsafeMutablePointer<imagesearch_client_options>!, _ size: Int) {
  initialize(value, size)
}

@implementation @_cdecl("imagesearch_call_options_init")
public func imagesearch_call_options_init(_ value: UnsafeMutablePointer<imagesearch_call_options>!, _ size: Int) {
  initialize(value, size)
}

@implementation @_cdecl("imagesearch_tineye_options_init")
public func imagesearch_tineye_options_init(_ value: UnsafeMutablePointer<imagesearch_tineye_options>!, _ size: Int) {
  initialize(value, size)
}

@implementation @_cdecl("imagesearch_alibaba_cloud_options_init")
public func imagesearch_alibaba_cloud_options_init(
  _ value: UnsafeMutablePointer<imagesearch_alibaba_cloud_options>!, _ size: Int
) {
  initialize(value, size)
}

@implementation @_cdecl("imagesearch_tmapi_options_init")
public func imagesearch_tmapi_options_init(_ value: UnsafeMutablePointer<imagesearch_tmapi_options>!, _ size: Int) {
  initialize(value, size)
}

@implementation @_cdecl("imagesearch_local_index_options_init")
public func imagesearch_local_index_options_init(
  _ value: UnsafeMutablePointer<imagesearch_local_index_options>!, _ size: Int
) {
  initialize(value, size)
}

@implementation @_cdecl("imagesearch_image_init")
public func imagesearch_image_init(_ value: UnsafeMutablePointer<imagesearch_image>!, _ size: Int) {
  initialize(value, size)
}

@implementation @_cdecl("imagesearch_search_options_init")
public func imagesearch_search_options_init(_ value: UnsafeMutablePointer<imagesearch_search_options>!, _ size: Int) {
  initialize(value, size)
}

@implementation @_cdecl("imagesearch_many_options_init")
public func imagesearch_many_options_init(_ value: UnsafeMutablePointer<imagesearch_many_options>!, _ size: Int) {
  initialize(value, size)
}

@implementation @_cdecl("imagesearch_page_fields_init")
public func imagesearch_page_fields_init(_ value: UnsafeMutablePointer<imagesearch_page_fields>!, _ size: Int) {
  initialize(value, size)
}

@implementation @_cdecl("imagesearch_match_fields_init")
public func imagesearch_match_fields_init(_ value: UnsafeMutablePointer<imagesearch_match_fields>!, _ size: Int) {
  initialize(value, size)
}

@implementation @_cdecl("imagesearch_quota_fields_init")
public func imagesearch_quota_fields_init(_ value: UnsafeMutablePointer<imagesearch_quota_fields>!, _ size: Int) {
  initialize(value, size)
}

@implementation @_cdecl("imagesearch_item_init")
public func imagesearch_item_init(_ value: UnsafeMutablePointer<imagesearch_item>!, _ size: Int) {
  initialize(value, size)
}

@implementation @_cdecl("imagesearch_add_entry_init")
public func imagesearch_add_entry_init(_ value: UnsafeMutablePointer<imagesearch_add_entry>!, _ size: Int) {
  initialize(value, size)
}

@implementation @_cdecl("imagesearch_batch_options_init")
public func imagesearch_batch_options_init(_ value: UnsafeMutablePointer<imagesearch_batch_options>!, _ size: Int) {
  initialize(value, size)
}

@implementation @_cdecl("imagesearch_copy_options_init")
public func imagesearch_copy_options_init(_ value: UnsafeMutablePointer<imagesearch_copy_options>!, _ size: Int) {
  initialize(value, size)
}

@implementation @_cdecl("imagesearch_stored_image_init")
public func imagesearch_stored_image_init(_ value: UnsafeMutablePointer<imagesearch_stored_image>!, _ size: Int) {
  initialize(value, size)
}

@implementation @_cdecl("imagesearch_update_options_init")
public func imagesearch_update_options_init(_ value: UnsafeMutablePointer<imagesearch_update_options>!, _ size: Int) {
  initialize(value, size)
}

@implementation @_cdecl("imagesearch_group_options_init")
public func imagesearch_group_options_init(_ value: UnsafeMutablePointer<imagesearch_group_options>!, _ size: Int) {
  initialize(value, size)
}

@implementation @_cdecl("imagesearch_group_member_init")
public func imagesearch_group_member_init(_ value: UnsafeMutablePointer<imagesearch_group_member>!, _ size: Int) {
  initialize(value, size)
}

@implementation @_cdecl("imagesearch_subject_init")
public func imagesearch_subject_init(_ value: UnsafeMutablePointer<imagesearch_subject>!, _ size: Int) {
  initialize(value, size)
}

@implementation @_cdecl("imagesearch_comparison_fields_init")
public func imagesearch_comparison_fields_init(
  _ value: UnsafeMutablePointer<imagesearch_comparison_fields>!, _ size: Int
) {
  initialize(value, size)
}
