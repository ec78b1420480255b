import CImageSearchHeader
import ImageSearch

#if LocalIndex
  import ImageIndex
#endif

/// The calls about what is stored in a local index, each written once.
enum CollectionCalls {
  typealias Pointer<Options> = UnsafePointer<Options>?
  typealias Text = UnsafePointer<CChar>?

  static func item(
    _ client: OpaquePointer?, _ itemID: Text, _ options: Pointer<imagesearch_call_options>
  ) throws -> Call<ImagesHandle> {
    #if LocalIndex
      let id = try Reading.required(itemID, "item_id")
      return try call(client, options) { index, options in
        try ImagesHandle(try await index.item(id, options: options).map { [$0] } ?? [])
      }
    #else
      throw LocalIndexCalls.missing
    #endif
  }

  static func sameBytes(
    _ client: OpaquePointer?, _ image: Pointer<imagesearch_image>, _ options: Pointer<imagesearch_call_options>,
    _ mode: CallMode
  ) throws -> Call<ImagesHandle> {
    #if LocalIndex
      let image = try Reading.image(image, mode)
      return try call(client, options) { index, options in
        try ImagesHandle(try await index.images(sameAs: image, options: options))
      }
    #else
      throw LocalIndexCalls.missing
    #endif
  }

  static func contains(
    _ client: OpaquePointer?, _ itemID: Text, _ imageName: Text, _ options: Pointer<imagesearch_call_options>
  ) throws -> Call<Int64> {
    #if LocalIndex
      let id = try Reading.required(itemID, "item_id")
      let name = try Reading.text(imageName, "image_name")
      return try call(client, options) { index, options in
        try await index.contains(itemID: id, imageName: name, options: options) ? 1 : 0
      }
    #else
      throw LocalIndexCalls.missing
    #endif
  }

  static func count(
    _ client: OpaquePointer?, _ category: Text, _ options: Pointer<imagesearch_call_options>
  ) throws -> Call<Int64> {
    #if LocalIndex
      let category = try Reading.text(category, "category")
      return try call(client, options) { index, options in
        Int64(try await index.count(category: category, options: options))
      }
    #else
      throw LocalIndexCalls.missing
    #endif
  }

  static func categories(
    _ client: OpaquePointer?, _ options: Pointer<imagesearch_call_options>
  ) throws -> Call<CategoriesHandle> {
    #if LocalIndex
      return try call(client, options) { index, options in
        try CategoriesHandle(try await index.categories(options: options))
      }
    #else
      throw LocalIndexCalls.missing
    #endif
  }

  static func thumbnail(
    _ client: OpaquePointer?, _ itemID: Text, _ imageName: Text, _ options: Pointer<imagesearch_call_options>
  ) throws -> Call<[UInt8]> {
    #if LocalIndex
      let id = try Reading.required(itemID, "item_id")
      let name = try Reading.required(imageName, "image_name")
      return try call(client, options) { index, options in
        try await index.thumbnail(itemID: id, imageName: name, options: options)
      }
    #else
      throw LocalIndexCalls.missing
    #endif
  }

  static func searchStored(
    _ client: OpaquePointer?, _ itemID: Text, _ imageName: Text, _ options: Pointer<imagesearch_search_options>
  ) throws -> Call<SearchPage> {
    #if LocalIndex
      let (client, index) = try LocalIndexCalls.index(client)
      let id = try Reading.required(itemID, "item_id")
      let name = try Reading.required(imageName, "image_name")
      let (request, options) = try Reading.search(.bytes([UInt8]()), options)
      return Calls.call(client, options) { _, options in
        try await index.search(stored: id, imageName: name, request: request, options: options)
      }
    #else
      throw LocalIndexCalls.missing
    #endif
  }

  static func encodeQuery(
    _ client: OpaquePointer?, _ image: Pointer<imagesearch_image>, _ options: Pointer<imagesearch_search_options>,
    _ form: imagesearch_query_form, _ mode: CallMode
  ) throws -> Call<[UInt8]> {
    #if LocalIndex
      let (client, index) = try LocalIndexCalls.index(client)
      let (request, options) = try Reading.search(try Reading.image(image, mode), options)
      let wanted: LocalIndex.QueryForm
      switch Int(form) {
      case IMAGESEARCH_QUERY_EXACT: wanted = .exact
      case IMAGESEARCH_QUERY_COMPACT: wanted = .compact
      default: throw ImageSearchError(.invalidArgument, "form is \(form); it must be one of IMAGESEARCH_QUERY_*")
      }
      return Calls.call(client, options) { _, options in
        try await index.encodedQuery(of: request, form: wanted, options: options)
      }
    #else
      throw LocalIndexCalls.missing
    #endif
  }

  static func compactQuery(_ query: UnsafePointer<UInt8>?, _ length: Int) throws -> [UInt8] {
    #if LocalIndex
      try LocalIndex.compactQuery(try encoded(query, length))
    #else
      throw LocalIndexCalls.missing
    #endif
  }

  #if LocalIndex
    private static func encoded(_ query: UnsafePointer<UInt8>?, _ length: Int) throws -> [UInt8] {
      guard let query, length > 0 else { throw ImageSearchError(.invalidArgument, "query is empty") }
      guard length <= LocalIndex.maximumQueryBytes else {
        throw ImageSearchError(
          .invalidArgument, "query has \(length) bytes, the most are \(LocalIndex.maximumQueryBytes)")
      }
      return Array(UnsafeBufferPointer(start: query, count: length))
    }
  #endif

  static func searchEncoded(
    _ client: OpaquePointer?, _ query: UnsafePointer<UInt8>?, _ length: Int,
    _ options: Pointer<imagesearch_search_options>
  ) throws -> Call<SearchPage> {
    #if LocalIndex
      let (client, index) = try LocalIndexCalls.index(client)
      let bytes = try encoded(query, length)
      let (request, options) = try Reading.search(.bytes([UInt8]()), options)
      return Calls.call(client, options) { _, options in
        try await index.search(encoded: bytes, request, options: options)
      }
    #else
      throw LocalIndexCalls.missing
    #endif
  }

  static func searchPartial(
    _ client: OpaquePointer?, _ query: UnsafePointer<UInt8>?, _ length: Int,
    _ options: Pointer<imagesearch_search_options>
  ) throws -> Call<[UInt8]> {
    #if LocalIndex
      let (client, index) = try LocalIndexCalls.index(client)
      let bytes = try encoded(query, length)
      let (request, options) = try Reading.search(.bytes([UInt8]()), options)
      return Calls.call(client, options) { _, options in
        try await index.searchPartial(encoded: bytes, request, options: options)
      }
    #else
      throw LocalIndexCalls.missing
    #endif
  }

  static func mergePartials(
    _ partials: UnsafePointer<imagesearch_partial>?, _ count: Int, _ options: Pointer<imagesearch_search_options>
  ) throws -> SearchPage {
    #if LocalIndex
      guard (0...mostPartials).contains(count) else {
        throw ImageSearchError(.invalidArgument, "count is \(count); allowed are 0 to \(mostPartials)")
      }
      let (request, _) = try Reading.search(.bytes([UInt8]()), options)
      guard count > 0 else { return try LocalIndex.mergePartials([], request) }
      guard let partials else { throw ImageSearchError(.invalidArgument, "partials is NULL") }
      return try LocalIndex.mergePartials(
        try UnsafeBufferPointer(start: partials, count: count).enumerated().map { number, partial in
          guard let data = partial.data, partial.length > 0 else {
            throw ImageSearchError(.invalidArgument, "partials[\(number)] is empty")
          }
          guard partial.length <= LocalIndex.maximumPartialBytes else {
            throw ImageSearchError(
              .invalidArgument,
              "partials[\(number)] has \(partial.length) bytes, the most are \(LocalIndex.maximumPartialBytes)")
          }
          try Memory.check(partial.length, for: "a partial search")
          return Array(UnsafeBufferPointer(start: data, count: partial.length))
        }, request)
    #else
      throw LocalIndexCalls.missing
    #endif
  }

  /// Indexes of one search.
  private static let mostPartials = 65_536

  static func update(
    _ client: OpaquePointer?, _ itemID: Text, _ imageName: Text, _ update: Pointer<imagesearch_update_options>,
    _ options: Pointer<imagesearch_call_options>
  ) throws -> Call<Int64> {
    #if LocalIndex
      let id = try Reading.required(itemID, "item_id")
      let name = try Reading.text(imageName, "image_name")
      let update = try Reading.options(update, imagesearch_update_options())
      let category = try change(update.category, update.remove_category, "category")
      let content = try change(update.custom_content, update.remove_custom_content, "custom_content")
      return try call(client, options) { index, options in
        Int64(
          try await index.update(
            itemID: id, imageName: name, category: category, customContent: content, options: options))
      }
    #else
      throw LocalIndexCalls.missing
    #endif
  }

  /// - Returns: the new text, `.some(nil)` for none, `nil` to keep it.
  private static func change(_ text: Text, _ isRemoved: Int32, _ field: String) throws -> String?? {
    guard let text = try Reading.text(text, field) else { return isRemoved == 0 ? nil : .some(nil) }
    guard isRemoved == 0 else {
      throw ImageSearchError(.invalidArgument, "\(field) is given and remove_\(field) is set")
    }
    return text
  }

  static func prune(
    _ client: OpaquePointer?, _ folder: Text, _ apply: Int32, _ options: Pointer<imagesearch_call_options>
  ) throws -> Call<ImagesHandle> {
    #if LocalIndex
      let folder = try Reading.path(folder, .background)
      return try call(client, options) { index, options in
        guard let folder else { return try ImagesHandle(try await index.prune(apply: apply != 0, options: options)) }
        return try ImagesHandle(try await index.prune(pathBytes: folder, apply: apply != 0, options: options))
      }
    #else
      throw LocalIndexCalls.missing
    #endif
  }

  static func compare(
    _ client: OpaquePointer?, _ first: Pointer<imagesearch_subject>, _ second: Pointer<imagesearch_subject>,
    _ options: Pointer<imagesearch_call_options>, _ mode: CallMode
  ) throws -> Call<ComparisonHandle> {
    #if LocalIndex
      let first = try subject(first, "first", mode)
      let second = try subject(second, "second", mode)
      return try call(client, options) { index, options in
        try ComparisonHandle(try await index.compare(first, second, options: options))
      }
    #else
      throw LocalIndexCalls.missing
    #endif
  }

  static func compareOverlay(
    _ client: OpaquePointer?, _ first: Pointer<imagesearch_subject>, _ second: Pointer<imagesearch_subject>,
    _ style: imagesearch_overlay_style, _ options: Pointer<imagesearch_call_options>, _ mode: CallMode
  ) throws -> Call<[UInt8]> {
    #if LocalIndex
      let first = try subject(first, "first", mode)
      let second = try subject(second, "second", mode)
      let style = try Reading.style(style)
      return try call(client, options) { index, options in
        try await index.overlay(first, second, style: style, options: options)
      }
    #else
      throw LocalIndexCalls.missing
    #endif
  }

  #if LocalIndex
    private static func subject(
      _ pointer: Pointer<imagesearch_subject>, _ field: String, _ mode: CallMode
    ) throws -> LocalIndex.Subject {
      guard pointer != nil else { throw ImageSearchError(.invalidArgument, "\(field) is NULL") }
      let subject = try Reading.options(pointer, imagesearch_subject())
      switch (
        subject.image, try Reading.text(subject.item_id, "item_id"), try Reading.text(subject.image_name, "image_name")
      ) {
      case (let image?, nil, nil): return .image(try Reading.image(image, mode))
      case (nil, let id?, let name?): return .stored(itemID: id, imageName: name)
      default:
        throw ImageSearchError(.invalidArgument, "\(field) must have either an image, or item_id and image_name")
      }
    }

    private static func call<Value: Sendable>(
      _ client: OpaquePointer?, _ options: Pointer<imagesearch_call_options>,
      _ body: @escaping @Sendable (LocalIndex, CallOptions) async throws -> Value
    ) throws -> Call<Value> {
      let (client, index) = try LocalIndexCalls.index(client)
      return Calls.call(client, try Reading.call(options)) { _, options in try await body(index, options) }
    }
  #endif
}
