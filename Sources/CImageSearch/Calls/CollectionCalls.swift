import CImageSearchHeader
import FoundationEssentials
import ImageSearch
import Synchronization

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

/// The state of an iteration, which one call at a time may use.
final class Turns<Iterator: Sendable>: Sendable {
  /// `nil` while a call uses it.
  private let iterator: Mutex<Iterator?>

  init(_ iterator: Iterator) { self.iterator = Mutex(iterator) }

  /// Exclusive use of the iteration, from when a call is read until it has ended.
  final class Turn: Sendable {
    private let turns: Turns
    /// `nil` after it was returned.
    private let iterator: Mutex<Iterator?>

    fileprivate init(_ turns: Turns, _ iterator: Iterator) {
      self.turns = turns
      self.iterator = Mutex(iterator)
    }

    // The call may never be made.
    deinit { giveBack(take()) }

    /// Continues the iteration, and returns it before the end of the call is reported, so that the next call may begin.
    func run<Value>(_ body: (inout Iterator) async throws -> Value?) async throws -> Value? {
      guard var iterator = take() else { return nil }
      defer { giveBack(iterator) }
      return try await body(&iterator)
    }

    private func take() -> Iterator? {
      iterator.withLock { iterator in
        defer { iterator = nil }
        return iterator
      }
    }

    private func giveBack(_ iterator: Iterator?) {
      if let iterator { turns.iterator.withLock { $0 = iterator } }
    }
  }

  /// - Throws: ``ImageSearchError/Code/invalidArgument`` while another call uses it.
  func next() throws -> Turn {
    let taken = iterator.withLock { iterator in
      defer { iterator = nil }
      return iterator
    }
    guard let taken else { throw ImageSearchError(.invalidArgument, "another call of the iteration runs") }
    return Turn(self, taken)
  }
}

/// Behind `imagesearch_items`: the items of a local index.
final class ItemsHandle: Handle, Sendable {
  private let client: ClientHandle
  private let limit: Int
  /// The position of the latest item.
  private let turns: Turns<Int64>

  init(_ client: OpaquePointer?, after: Int64, limit: Int64) throws {
    self.client = try ClientHandle.open(client)
    try Validation.range("limit", limit, 1...10_000)
    self.limit = Int(limit)
    turns = Turns(after)
  }

  static func next(
    _ items: OpaquePointer?, _ options: UnsafePointer<imagesearch_call_options>?
  ) throws -> Call<ImagesHandle?> {
    let items = try required(items, "items")
    #if LocalIndex
      let index = try LocalIndexCalls.index(items.client)
      let options = try Reading.call(options)
      let turn = try items.turns.next()
      return Calls.call(items.client, options) { [limit = items.limit] _, options in
        try await turn.run { position in
          let found = try await index.items(after: position, limit: limit, options: options)
          guard let last = found.last else { return nil }
          position = last.position
          return try ImagesHandle(found)
        }
      }
    #else
      throw LocalIndexCalls.missing
    #endif
  }
}

/// Behind `imagesearch_groups`: the groups of a local index.
final class GroupsHandle: Handle, Sendable {
  #if LocalIndex
    /// A stream's iterator, which one call at a time uses.
    private struct Iterator: @unchecked Sendable {
      var stream: AsyncThrowingStream<LocalIndex.Group, any Error>.Iterator
    }

    private let client: ClientHandle
    private let progress: ProgressTeller?
    private let turns: Turns<Iterator>
  #endif

  init(
    _ client: OpaquePointer?, _ options: UnsafePointer<imagesearch_group_options>?,
    _ call: UnsafePointer<imagesearch_call_options>?, _ listener: LocalIndexCalls.Listener
  ) throws {
    #if LocalIndex
      let (client, index) = try LocalIndexCalls.index(client)
      let wanted = try Self.read(options)
      let call = try Reading.call(call)
      let teller = ProgressTeller(
        service: client.service.name, transfer: call.transfer, call.transferData, batch: listener.callback,
        listener.userData)
      // The search continues between calls for its groups, so it runs on the library's own threads.
      let stream = try CurrentCall.$executor.withValue(CallThreads.executor()) {
        index.groups(wanted, options: call.call) { teller?.note(.init($0)) }
      }
      self.client = client
      progress = teller
      turns = Turns(Iterator(stream: stream.makeAsyncIterator()))
    #else
      throw LocalIndexCalls.missing
    #endif
  }

  static func next(_ groups: OpaquePointer?) throws -> Call<GroupHandle?> {
    #if LocalIndex
      let groups = try required(groups, "groups")
      try ForkGuard.check()
      let turn = try groups.turns.next()
      return Call(callbacks: groups.client.callbacks, progress: groups.progress) {
        let group = try await turn.run { iterator in
          let next = try await iterator.stream.next()
          // A stream ends without an error when the task is cancelled.
          if next == nil { try Task.checkCancellation() }
          return next
        }
        return try group.map { try GroupHandle($0) }
      }
    #else
      throw LocalIndexCalls.missing
    #endif
  }

  #if LocalIndex
    private static func read(
      _ pointer: UnsafePointer<imagesearch_group_options>?
    ) throws -> LocalIndex.GroupOptions {
      let options = try Reading.options(pointer, imagesearch_group_options())
      var wanted = LocalIndex.GroupOptions()
      wanted.minimumConfidence = options.minimum_confidence
      if options.relations != 0 { wanted.relations = try Reading.relations(options.relations) }
      switch Int(options.keep) {
      case IMAGESEARCH_KEEP_LARGEST: wanted.keep = .largest
      case IMAGESEARCH_KEEP_LEAST_RECOMPRESSED: wanted.keep = .leastRecompressed
      case IMAGESEARCH_KEEP_OLDEST: wanted.keep = .oldest
      default:
        throw ImageSearchError(.invalidArgument, "keep is \(options.keep); it must be one of IMAGESEARCH_KEEP_*")
      }
      wanted.category = try Reading.text(options.category, "category")
      wanted.acrossCategories = try Reading.choice(options.across_categories, "across_categories", default: true)
      wanted.withinItems = options.within_items != 0
      try Validation.range("added_since", options.added_since, -1e12...1e12)
      if options.added_since != 0 { wanted.addedSince = Date(timeIntervalSince1970: options.added_since) }
      if options.limit != 0 { wanted.limit = Reading.integer(options.limit) }
      return wanted
    }
  #endif
}
