import ImageSearch

/// Behind `imagesearch_page`.
final class PageHandle: Handle {
  let page: SearchPage
  let matches: [MatchHandle]
  let service: UnsafePointer<CChar>?
  let requestID: UnsafePointer<CChar>?
  let warnings: [UnsafePointer<CChar>?]
  let raw: UnsafeMutableBufferPointer<UInt8>
  private let arena = TextArena()

  init(_ page: SearchPage) {
    let arena = arena
    self.page = page
    matches = page.matches.map { MatchHandle($0, arena) }
    service = arena.add(page.service)
    requestID = arena.add(page.requestID)
    warnings = page.warnings.map(arena.add)
    raw = .allocate(capacity: page.raw.count)
    _ = raw.initialize(from: page.raw)
  }

  deinit { raw.deallocate() }
}
