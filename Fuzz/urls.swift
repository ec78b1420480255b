import Glibc

@testable import ImageSearch

/// Any text as a URL: an accepted URL must lead to the same request, however it is parsed again.
func fuzzURLs(_ data: UnsafePointer<UInt8>?, _ size: Int) -> Int32 {
  let text = String(decoding: UnsafeBufferPointer(start: data, count: size), as: UTF8.self)
  // Encoded, a URL may be three times as long as the limit of what is read.
  if let address = try? WebAddress(text, field: "URL"), address.text.utf8.count <= WebAddress.maximumByteCount {
    // The text on the wire needs no further encoding.
    guard address.scheme == "http" || address.scheme == "https", !address.host.isEmpty, address.path.utf8.first == 0x2F,
      address.text.utf8.allSatisfy({ $0 > 32 && $0 < 127 }), (try? WebAddress(address.text, field: "URL")) == address
    else { abort() }
    // Scheme, host and port alone lead to the same server.
    guard let origin = try? WebAddress(address.origin, field: "origin"), origin.host == address.host,
      origin.port == address.port, origin.scheme == address.scheme
    else { abort() }
    _ = address.hostHeader
    checkParts(address.text, address)
  }
  if WebAddress.isPlain(text), (try? WebAddress(text, field: "URL"))?.text != text { abort() }
  _ = DataURL.decode(text)
  if let base = try? WebAddress.base(text) {
    guard !base.hasQuery, base.text.utf8.last != 0x2F, (try? WebAddress.base(base.text)) == base else { abort() }
    // A call at the end of a base URL of 8 KiB is beyond the limit, and refused.
    let call = base.text + "/search/"
    if call.utf8.count <= WebAddress.maximumByteCount {
      guard let joined = try? WebAddress(call, field: "call"), joined.origin == base.origin else { abort() }
    }
  }
  if let image = try? TMAPIImage(.url(text)), case .direct(let path) = image, path.isEmpty { abort() }
  let encoded = PercentEncoding.encode(text)
  guard encoded.utf8.allSatisfy({ $0 > 32 && $0 < 127 }) else { abort() }
  // A value cannot break out of its field in a query or a form.
  for form in [encoded, PercentEncoding.encodeForm(text)] where form.utf8.contains(where: { $0 == 38 || $0 == 61 }) {
    abort()
  }
  return 0
}

/// The two parts passed to libcurl make up the URL, and lead to the same server.
private func checkParts(_ text: String, _ address: WebAddress) {
  var plain = PlainAddress()
  guard let target = plain.target(in: text) else { return }
  guard let origin = target.newOrigin, let told = try? WebAddress(origin, field: "origin"), told.host == address.host,
    told.port == address.port, told.scheme == address.scheme, told.path == "/", !told.hasQuery,
    Array(origin.utf8) == Array(text.utf8.prefix(target.offset + 1)), text.utf8.dropFirst(target.offset).first == 0x2F,
    text.utf8.dropFirst(target.offset).allSatisfy({ $0 > 32 && $0 < 127 && $0 != 0x23 })
  else { abort() }
  // The second time the host is known.
  guard let again = plain.target(in: text), again.newOrigin == nil, again.offset == target.offset else { abort() }
}

func seedsOfURLs() -> [(String, [UInt8])] {
  numbered([
    "https://api.tineye.com/rest/", "http://[::1]:8080/a%20b?c=d#e", "https://user:word@a.example/", "HTTP://A.Example",
    "https:///a", "https://cbu01.alicdn.com/img/a.jpg", "/search/imgextra/i4/O1CN01.jpg", "https://1.2.3.4:65535/../x",
    "https://b\u{FC}cher.example/\u{6F22}", "file:///etc/passwd", "https://a.example:/", "https://a.example//",
    " https://a.example\\b c\t?\u{E4}", "data:image/png;base64,iVBORw0KGgo=", "http://%31.0x7f.1/",
    "http://[::ffff:1.2.3.4]/",
  ])
}
