import CCurl

/// Where an answer sends a request on to. Followed here and not by libcurl, so that every target is judged before it is asked.
enum Redirect {
  /// - Returns: `nil` when the answer is no redirect that is followed.
  static func location(of response: TransportResponse) -> String? {
    switch response.status {
    case 301, 302, 303, 307, 308: response.header("location")
    default: nil
    }
  }

  /// - Parameters:
  ///   - location: as the header has it, relative perhaps.
  ///   - url: what was asked.
  /// - Throws: ``ImageSearchError/Code/redirectRefused``.
  static func target(_ location: String, from url: String) throws(TransportFailure) -> String {
    let failure = TransportFailure(
      .redirectRefused, "the server redirects to what is no http or https URL", requestMayHaveBeenSent: true)
    guard let joined = join(location, url), let address = try? WebAddress(joined, field: "redirect") else {
      throw failure
    }
    return address.text
  }

  private static func join(_ location: String, _ url: String) -> String? {
    // Absolute ones are spelt by the rules for any URL; libcurl joins the others.
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
