/// The scheme, host and port that were last set for a handle of libcurl, and the offset of the rest of a URL.
struct PlainAddress {
  /// The target of a request.
  struct Target {
    /// Scheme, host and port followed by a slash, if they must be set.
    var newOrigin: String?
    /// Bytes of the URL before the path.
    var offset: Int
  }

  /// With the slash; empty when none was set.
  private var origin: [UInt8] = []

  var isSet: Bool { !origin.isEmpty }

  /// - Returns: `nil` for a URL that libcurl must parse as a whole: one that does not begin with `http://HOST/` or
  ///   `https://HOST/`, one with a fragment, which is not sent, and one with a byte that is not allowed in a request
  ///   line.
  mutating func target(in url: String) -> Target? {
    url.utf8.withContiguousStorageIfAvailable { target(inBytes: $0) } ?? nil
  }

  private mutating func target(inBytes url: UnsafeBufferPointer<UInt8>) -> Target? {
    let isKnown = isSet && url.starts(with: origin)
    guard let count = isKnown ? origin.count : Self.originCount(url) else { return nil }
    for byte in url[count...] where byte < 0x21 || byte > 0x7E || byte == UInt8(ascii: "#") { return nil }
    if isKnown { return Target(offset: count - 1) }
    origin = Array(url[..<count])
    return Target(newOrigin: String(decoding: origin, as: UTF8.self), offset: count - 1)
  }

  /// Number of bytes up to and including the slash after the host.
  private static func originCount(_ url: UnsafeBufferPointer<UInt8>) -> Int? {
    guard let scheme = WebAddress.schemeCount(url),
      let end = url[scheme...].firstIndex(where: {
        $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#")
      })
    else { return nil }
    return url[end] == UInt8(ascii: "/") && end > scheme ? end + 1 : nil
  }
}
