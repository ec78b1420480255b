import CImageSearchHeader
import Glibc
import ImageSearch

/// Behind `imagesearch_match`; it belongs to its page, whose arena holds its texts.
final class MatchHandle: Handle {
  let match: Match
  let imageURL: UnsafePointer<CChar>?
  let pageURL: UnsafePointer<CChar>?
  let domain: UnsafePointer<CChar>?
  let format: UnsafePointer<CChar>?
  let itemID: UnsafePointer<CChar>?
  let imageName: UnsafePointer<CChar>?
  let category: UnsafePointer<CChar>?
  let customContent: UnsafePointer<CChar>?
  let title: UnsafePointer<CChar>?
  let price: UnsafePointer<CChar>?
  let currency: UnsafePointer<CChar>?
  let overlayURL: UnsafePointer<CChar>?
  let tags: [UnsafePointer<CChar>?]
  /// In the order of the names.
  let details: [(name: UnsafePointer<CChar>?, value: UnsafePointer<CChar>?)]
  let backlinks: UnsafeMutableBufferPointer<imagesearch_backlink>

  init(_ match: Match, _ arena: TextArena) {
    self.match = match
    imageURL = arena.add(match.imageURL)
    pageURL = arena.add(match.pageURL)
    domain = arena.add(match.domain)
    format = arena.add(match.format)
    itemID = arena.add(match.itemID)
    imageName = arena.add(match.imageName)
    category = arena.add(match.category)
    customContent = arena.add(match.customContent)
    title = arena.add(match.title)
    price = arena.add(match.price?.amount)
    currency = arena.add(match.price?.currency)
    overlayURL = arena.add(match.overlayURL)
    tags = match.tags.map(arena.add)
    details = match.details.sorted { $0.key < $1.key }.map { (arena.add($0.key), arena.add($0.value)) }
    backlinks = .allocate(capacity: match.backlinks.count)
    for (i, backlink) in match.backlinks.enumerated() {
      backlinks.initializeElement(
        at: i,
        to: imagesearch_backlink(
          image_url: arena.add(backlink.imageURL), page_url: arena.add(backlink.pageURL),
          crawl_date: arena.add(backlink.crawlDate)))
    }
  }

  func detail(_ name: UnsafePointer<CChar>) -> UnsafePointer<CChar>? {
    // A few dozen: comparing bytes is over before a Swift text were made of the name.
    details.first { $0.name.map { strcmp($0, name) == 0 } ?? false }?.value
  }

  deinit { backlinks.deallocate() }
}
