/// The pages that hold the offers from an offset on. TMAPI counts pages, the common request counts matches, and every page is
/// paid for: so the page size is the one that needs the fewest pages.
struct TMAPIPageWindow: Sendable, Hashable {
  /// The most pages of one search in the common terms; what needs more is refused rather than billed.
  static let maximumPages = 20

  /// The first position wanted, from 0.
  let offset: Int
  /// The position after the last one wanted.
  let end: Int
  /// Offers a page.
  let pageSize: Int
  /// The first page, from 1, and the last one.
  let pages: ClosedRange<Int>

  /// - Parameters:
  ///   - limit: matches wanted; `nil` is one page.
  ///   - pageSize: the page size that the caller insists on.
  /// - Throws: ``ImageSearchError/Code/invalidArgument`` when a number is out of range.
  init(offset: Int, limit: Int?, pageSize: Int?) throws {
    let largest = pageSize ?? TMAPISearchRequest.defaultPageSize
    let limit = limit ?? largest
    try Validation.range("offset", offset, 0...Int(Int32.max))
    try Validation.range("limit", limit, 1...largest * Self.maximumPages)
    let end = offset + limit
    self.offset = offset
    self.end = end
    // Of those that need equally few, the limit itself wastes nothing, and otherwise the largest is the same for most windows.
    let candidates = pageSize.map { [$0] } ?? ([limit] + (1...largest).reversed()).filter { $0 <= largest }
    let best = candidates.min { Self.pages(offset, end, $0).count < Self.pages(offset, end, $1).count } ?? largest
    self.pageSize = best
    pages = Self.pages(offset, end, best)
    guard pages.count <= Self.maximumPages else {
      throw ImageSearchError(
        .invalidArgument,
        "offset \(offset) and limit \(limit) need \(pages.count) pages of \(best), each of which is paid for; at most "
          + "\(Self.maximumPages) are fetched at once")
    }
  }

  /// The position of the first offer of a page.
  func start(of page: Int) -> Int { (page - 1) * pageSize }

  private static func pages(_ offset: Int, _ end: Int, _ size: Int) -> ClosedRange<Int> {
    (offset / size + 1)...((end - 1) / size + 1)
  }
}
