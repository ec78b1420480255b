/// A page on which a matched image was found.
public struct Backlink: Sendable, Hashable {
  /// The URL of the image on that page; `nil` when the provider leaves it out.
  public var imageURL: String?
  /// The URL of the page.
  public var pageURL: String?
  /// The day the page was crawled, `YYYY-MM-DD` as the provider writes it.
  public var crawlDate: String?

  /// A backlink; empty texts count as absent.
  public init(imageURL: String? = nil, pageURL: String? = nil, crawlDate: String? = nil) {
    self.imageURL = imageURL
    self.pageURL = pageURL
    self.crawlDate = crawlDate
  }
}
