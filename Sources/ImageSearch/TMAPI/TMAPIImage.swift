/// An image as TMAPI takes it.
enum TMAPIImage: Sendable, Hashable {
  /// Goes into a search as it is.
  case direct(String)
  /// Has to be converted first.
  case foreign(String)

  /// The hosts that third parties treat as Alibaba's differ and the provider gives no list; `alicdn.com` and what lies below it
  /// is the part they agree on (docs/sources/tmapi-1688.md, section 3). A path that begins with `/search/` is a converted image.
  ///
  /// - Throws: ``ImageSearchError/Code/unsupported`` for a file or bytes, ``ImageSearchError/Code/invalidURL``.
  init(_ source: ImageSource) throws {
    guard let text = source.url else {
      throw ImageSearchError(.unsupported, "TMAPI searches by the URL of an image and takes no upload")
    }
    if text.hasPrefix("/search/") {
      guard text.utf8.count <= 8192, text.utf8.allSatisfy({ $0 > 32 && $0 != 127 }) else {
        throw ImageSearchError(
          .invalidURL, "the converted path is longer than 8192 bytes or contains a space or a control character")
      }
      self = .direct(text)
      return
    }
    // The marketplace writes its own addresses without a scheme.
    let address = try WebAddress(text.hasPrefix("//") ? "https:" + text : text, field: "image URL")
    let isAli = address.host == "alicdn.com" || address.host.hasSuffix(".alicdn.com")
    self = isAli ? .direct(address.text) : .foreign(address.text)
  }
}
