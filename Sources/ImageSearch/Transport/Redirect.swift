import CCurl

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
