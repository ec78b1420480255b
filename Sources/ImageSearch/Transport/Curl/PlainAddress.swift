/// The scheme, host and port that a handle of libcurl was told last, and where the rest of a URL begins.
struct PlainAddress {
  /// Where a request goes.
  struct Target {
    /// Scheme, host and port with a slash behind them, when libcurl has to be told.
    var newOrigin: String?
    /// Bytes of the URL before the path.
    var offset: Int
  }

  /// With the slash; empty when libcurl was told nothing.
  private var origin: [UInt8] = []

  var isSet: Bool { !origin.isEmpty }

  /// - Returns: `nil` for a URL that libcurl has to see as a whole: one that begins otherwise than `http://HOST/` or `https://HOST/`,
  ///   one with a fragment, which is not sent, and one with a byte that has no place in a request line.
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

  /// Bytes up to the slash behind the host, that included.
  private static func originCount(_ url: UnsafeBufferPointer<UInt8>) -> Int? {
    guard let scheme = WebAddress.schemeCount(url),
      let end = url[scheme...].firstIndex(where: {
        $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#")
      })
    else { return nil }
    return url[end] == UInt8(ascii: "/") && end > scheme ? end + 1 : nil
  }
}
