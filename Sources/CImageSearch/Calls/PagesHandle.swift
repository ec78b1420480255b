import CImageSearchHeader
import ImageSearch
import Synchronization

/// Behind `imagesearch_pages`: the pages of a search, one after the other.
final class PagesHandle: Handle, Sendable {
  private let client: ClientHandle
  /// `nil` while a page is being asked for.
  private let iterator: Mutex<PageSequence.AsyncIterator?>

  init(_ client: ClientHandle, _ request: SearchRequest) {
    self.client = client
    iterator = Mutex(client.service.pages(request).makeAsyncIterator())
  }

  /// The call for the next page; its result is `nil` at the end.
  static func next(
    _ pages: OpaquePointer?, _ options: UnsafePointer<imagesearch_call_options>?
  ) throws -> Call<SearchPage?> {
    let pages = try required(pages, "pages")
    try ForkGuard.check()
    let options = try Reading.call(options)
    let turn = try Turn(pages)
    return Calls.call(pages.client, options) { _, options in try await turn.next(options) }
  }

  /// The right to ask for the next page, from when the call is read until it has ended.
  private final class Turn: Sendable {
    private let pages: PagesHandle
    /// `nil` when it was given back.
    private let iterator: Mutex<PageSequence.AsyncIterator?>

    init(_ pages: PagesHandle) throws {
      let taken = pages.iterator.withLock { iterator in
        defer { iterator = nil }
        return iterator
      }
      guard let taken else {
        throw ImageSearchError(.invalidArgument, "the next page is being asked for already")
      }
      self.pages = pages
      iterator = Mutex(taken)
    }

    // The call may never be made.
    deinit { giveBack(take()) }

    func next(_ options: CallOptions) async throws -> SearchPage? {
      guard var iterator = take() else { return nil }
      // Before anybody hears of the end of the call.
      defer { giveBack(iterator) }
      return try await iterator.next(options: options)
    }

    private func take() -> PageSequence.AsyncIterator? {
      iterator.withLock { iterator in
        defer { iterator = nil }
        return iterator
      }
    }

    private func giveBack(_ iterator: PageSequence.AsyncIterator?) {
      if let iterator { pages.iterator.withLock { $0 = iterator } }
    }
  }
}
