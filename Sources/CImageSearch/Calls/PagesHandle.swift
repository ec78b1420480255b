import CImageSearchHeader
import ImageSearch

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
