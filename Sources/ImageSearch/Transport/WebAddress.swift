import CCurl

/// An http or https URL, parsed by libcurl so that the URL that is checked is the URL that is requested.
package struct WebAddress: Sendable, Hashable {
  /// The URL as sent: as given, or encoded as a browser does (``URLSpelling``).
  package let text: String
  /// `"http"` or `"https"`.
  package let scheme: String
  /// The host in lower case, with the brackets of IPv6.
  package let host: String
  /// The port if one is named.
  package let port: String?
  /// The path, at least `/`.
  package let path: String
  /// Whether there is a query or a fragment.
  package let hasQuery: Bool

  /// - Parameter field: the name of the URL, for the message.
  /// - Throws: ``ImageSearchError/Code/invalidURL``.
  package init(_ text: String, field: String) throws {
    let text = try URLSpelling.onTheWire(text, field: field)
    let parts = try Parts(text, field: field)
    self.text = text
    scheme = parts.scheme
    host = parts.host
    port = parts.get(CURLUPART_PORT)
    path = parts.get(CURLUPART_PATH) ?? "/"
    // libcurl does not report an empty query or fragment, after which a path appended would not be part of the path.
    hasQuery = text.utf8.contains { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }
  }

  static let maximumByteCount = 8192

  /// Checks a URL that is only passed on.
  ///
  /// - Returns: the URL to pass on; see ``text``.
  /// - Throws: as ``init(_:field:)``.
  @discardableResult
  package static func check(_ text: String, field: String) throws -> String {
    // Parsing would cost more than everything else before a request is sent.
    guard !isPlain(text) else { return text }
    return try WebAddress(text, field: field).text
  }

  /// Whether a URL is of the simplest kind – `https://`, a name of letters, digits, dots and hyphens, a path – with
  /// nothing to refuse. Fuzz/urls.swift checks it against libcurl.
  package static func isPlain(_ text: String) -> Bool {
    text.utf8.withContiguousStorageIfAvailable(isPlain) ?? false
  }

  private static func isPlain(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard text.count <= maximumByteCount else { return false }
    guard let scheme = schemeCount(text) else { return false }
    var isHost = true
    var hasLetter = false
    for byte in text[scheme...] {
      guard (0x21...0x7E).contains(byte) else { return false }
      guard isHost else { continue }
      switch byte {
      case UInt8(ascii: "/"): isHost = false
      case 0x41...0x5A, 0x61...0x7A: hasLetter = true
      case 0x30...0x39, UInt8(ascii: "."), UInt8(ascii: "-"): break
      default: return false
      }
    }
    return hasLetter && !isHost
  }

  /// Length of a leading `http://` or `https://` in lower case; `nil` when the URL begins differently.
  static func schemeCount(_ text: UnsafeBufferPointer<UInt8>) -> Int? {
    text.starts(with: "https://".utf8) ? 8 : text.starts(with: "http://".utf8) ? 7 : nil
  }

  /// A URL parsed by libcurl, and checked.
  private struct Parts: ~Copyable {
    private let handle: OpaquePointer
    let scheme: String
    let host: String

    init(_ text: String, field: String) throws {
      func refuse(_ why: String) -> ImageSearchError { ImageSearchError(.invalidURL, "\(field) \(why)") }
      guard let handle = curl_url() else {
        throw ImageSearchError(.outOfMemory, "no memory for a URL")
      }
      do {
        guard curl_url_set(handle, CURLUPART_URL, text, 0) == CURLUE_OK else { throw refuse("is no absolute URL") }
        guard let scheme = Self.get(handle, CURLUPART_SCHEME)?.lowercased(), scheme == "http" || scheme == "https"
        else { throw refuse("must begin with http:// or https://") }
        // libcurl accepts one slash or three, and then takes the path for the host.
        let behind = text.utf8.dropFirst(scheme.utf8.count)
        guard let host = Self.get(handle, CURLUPART_HOST)?.lowercased(), !host.isEmpty,
          behind.starts(with: "://".utf8), !behind.starts(with: ":///".utf8)
        else { throw refuse("names no host") }
        // libcurl decodes the host each time it parses it, so that 1.2%35 becomes 1.25 at first and 1.0.0.25 the next
        // time.
        let authority = behind.dropFirst(3).prefix { $0 != 0x2F && $0 != 0x3F && $0 != 0x23 }
        guard !authority.contains(UInt8(ascii: "%")) else { throw refuse("has a percent sign in its host") }
        guard Self.get(handle, CURLUPART_USER) == nil, Self.get(handle, CURLUPART_PASSWORD) == nil else {
          throw refuse("contains a user name or password")
        }
        self.handle = handle
        self.scheme = scheme
        self.host = host
      } catch {
        curl_url_cleanup(handle)
        throw error
      }
    }

    deinit { curl_url_cleanup(handle) }

    func get(_ which: CURLUPart) -> String? { Self.get(handle, which) }

    private static func get(_ handle: OpaquePointer, _ which: CURLUPart) -> String? {
      var value: UnsafeMutablePointer<CChar>?
      guard curl_url_get(handle, which, &value, 0) == CURLUE_OK, let value else { return nil }
      defer { curl_free(value) }
      return String(cString: value)
    }
  }

  /// Scheme, host and port without a path.
  package var origin: String { "\(scheme)://\(host)" + (port.map { ":\($0)" } ?? "") }

  /// The base URL of a provider, with its path, and without a query and a trailing slash.
  ///
  /// - Throws: ``ImageSearchError/Code/invalidURL``.
  package static func base(_ text: String, field: String = "base URL") throws -> WebAddress {
    let address = try WebAddress(text, field: field)
    guard !address.hasQuery else {
      throw ImageSearchError(.invalidURL, "\(field) has a query or a fragment; it must be a host and a path")
    }
    // By bytes: in a String, a slash followed by a combining mark is a different character.
    let slashes = address.text.utf8.reversed().prefix { $0 == UInt8(ascii: "/") }.count
    return try WebAddress(String(decoding: address.text.utf8.dropLast(slashes), as: UTF8.self), field: field)
  }
}

/// The target of a redirect. Followed here and not by libcurl, so that every target is checked before a request is sent
/// to it.
enum Redirect {
  /// - Returns: `nil` when the response is not a redirect that can be followed.
  static func location(of response: TransportResponse) -> String? {
    switch response.status {
    case 301, 302, 303, 307, 308: response.header("location")
    default: nil
    }
  }

  /// - Parameters:
  ///   - location: the header's value, which may be relative.
  ///   - url: the URL of the request.
  /// - Throws: ``ImageSearchError/Code/redirectRefused``.
  static func target(_ location: String, from url: String) throws(TransportFailure) -> String {
    let failure = TransportFailure(
      .redirectRefused, "the server redirects to something other than an http or https URL",
      requestMayHaveBeenSent: true)
    guard let joined = join(location, url), let address = try? WebAddress(joined, field: "redirect") else {
      throw failure
    }
    return address.text
  }

  private static func join(_ location: String, _ url: String) -> String? {
    // An absolute URL is normalized like any other; libcurl resolves relative ones.
    if location.contains("://"), let colon = location.firstIndex(of: ":"),
      location[..<colon].allSatisfy({ $0.isLetter })
    {
      return location
    }
    guard let handle = curl_url() else { return nil }
    defer { curl_url_cleanup(handle) }
    let encoded = location.utf8.flatMap { $0 > 32 && $0 < 127 ? [$0] : PercentEncoding.escape($0) }
    var value: UnsafeMutablePointer<CChar>?
    guard curl_url_set(handle, CURLUPART_URL, url, 0) == CURLUE_OK,
      curl_url_set(handle, CURLUPART_URL, String(decoding: encoded, as: UTF8.self), 0) == CURLUE_OK,
      curl_url_get(handle, CURLUPART_URL, &value, 0) == CURLUE_OK, let value
    else { return nil }
    defer { curl_free(value) }
    return String(cString: value)
  }
}
