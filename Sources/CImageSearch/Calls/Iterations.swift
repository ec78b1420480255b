import CImageSearchHeader
import FoundationEssentials
import ImageSearch
import Synchronization

#if LocalIndex
  import ImageIndex
#endif

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
    deinit { checkIn(take()) }

    /// Continues the iteration, and returns it before the end of the call is reported, so that the next call may begin.
    func run<Value>(_ body: (inout Iterator) async throws -> Value?) async throws -> Value? {
      guard var iterator = take() else { return nil }
      defer { checkIn(iterator) }
      return try await body(&iterator)
    }

    private func take() -> Iterator? {
      iterator.withLock { iterator in
        defer { iterator = nil }
        return iterator
      }
    }

    private func checkIn(_ iterator: Iterator?) {
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

/// Behind `imagesearch_pages`: the pages of a search, one after the other.
final class PagesHandle: Handle, Sendable {
  private let client: ClientHandle
  private let turns: Turns<PageSequence.AsyncIterator>

  init(_ client: ClientHandle, _ request: SearchRequest) {
    self.client = client
    turns = Turns(client.service.pages(request).makeAsyncIterator())
  }

  /// The call for the next page; its result is `nil` at the end.
  static func next(
    _ pages: OpaquePointer?, _ options: UnsafePointer<imagesearch_call_options>?
  ) throws -> Call<SearchPage?> {
    let pages = try required(pages, "pages")
    try ForkGuard.check()
    let options = try Reading.call(options)
    let turn = try pages.turns.next()
    return Calls.call(pages.client, options) { _, options in
      try await turn.run { iterator in try await iterator.next(options: options) }
    }
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
    private let progress: ProgressNotifier?
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
      let notifier = ProgressNotifier(
        service: client.service.name, transfer: call.transfer, call.transferData, batch: listener.callback,
        listener.userData)
      // The search continues between calls for its groups, so it runs on the library's own threads.
      let stream = try CurrentCall.$executor.withValue(CallThreads.executor()) {
        index.groups(wanted, options: call.call) { notifier?.note(.init($0)) }
      }
      self.client = client
      progress = notifier
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
