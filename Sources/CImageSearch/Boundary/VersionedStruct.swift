import CImageSearchHeader

/// A struct of the header that a caller owns and whose first field is its size.
protocol VersionedStruct {
  /// Its size in version 1.0, in bytes, which no caller can fall below. It stays what it is when fields are appended.
  static var firstSize: Int { get }
}

extension VersionedStruct {
  /// The size of a struct whose last field is this one.
  fileprivate static func end<Field>(of field: KeyPath<Self, Field>) -> Int {
    guard let offset = MemoryLayout<Self>.offset(of: field) else { return MemoryLayout<Self>.size }
    let alignment = MemoryLayout<Self>.alignment
    return (offset + MemoryLayout<Field>.size + alignment - 1) / alignment * alignment
  }
}

// The last field of each struct in version 1.0 (packaging/abi/1.0).
extension imagesearch_client_options: VersionedStruct { static let firstSize = end(of: \.replay_folder) }
extension imagesearch_call_options: VersionedStruct { static let firstSize = end(of: \.progress_user_data) }
extension imagesearch_tineye_options: VersionedStruct { static let firstSize = end(of: \.reserved) }
extension imagesearch_alibaba_cloud_options: VersionedStruct { static let firstSize = end(of: \.reserved) }
extension imagesearch_tmapi_options: VersionedStruct { static let firstSize = end(of: \.endpoint) }
extension imagesearch_local_index_options: VersionedStruct { static let firstSize = end(of: \.maximum_pixels) }
extension imagesearch_image: VersionedStruct { static let firstSize = end(of: \.name) }
extension imagesearch_search_options: VersionedStruct { static let firstSize = end(of: \.call) }
extension imagesearch_many_options: VersionedStruct { static let firstSize = end(of: \.maximum_paid_calls) }
extension imagesearch_item: VersionedStruct { static let firstSize = end(of: \.parameter_count) }
extension imagesearch_batch_options: VersionedStruct { static let firstSize = end(of: \.prune) }
extension imagesearch_copy_options: VersionedStruct { static let firstSize = end(of: \.call_size) }
extension imagesearch_update_options: VersionedStruct { static let firstSize = end(of: \.remove_custom_content) }
extension imagesearch_group_options: VersionedStruct { static let firstSize = end(of: \.limit) }
extension imagesearch_subject: VersionedStruct { static let firstSize = end(of: \.image_name) }
extension imagesearch_error_fields: VersionedStruct { static let firstSize = end(of: \.request_id) }
extension imagesearch_page_fields: VersionedStruct { static let firstSize = end(of: \.reserved) }
extension imagesearch_match_fields: VersionedStruct { static let firstSize = end(of: \.evidence) }
extension imagesearch_quota_fields: VersionedStruct { static let firstSize = end(of: \.bundle_count) }
extension imagesearch_add_entry: VersionedStruct { static let firstSize = end(of: \.error) }
extension imagesearch_stored_image: VersionedStruct { static let firstSize = end(of: \.reason) }
extension imagesearch_group_member: VersionedStruct { static let firstSize = end(of: \.transform) }
extension imagesearch_comparison_fields: VersionedStruct { static let firstSize = end(of: \.explanation) }
