import CCurl

/// A proxy, parsed when a client opens: its credentials are passed to libcurl separately and are never part of a URL
/// that an error could quote.
final class Proxy: Sendable {
  /// Scheme, host and port.
  let url: String
  /// The host, as in libcurl's messages.
  let host: String
  let credentials: (user: Secret, password: Secret)?

  private static let schemes = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"]

  /// - Parameters:
  ///   - text: `SCHEME://USER:PASSWORD@HOST:PORT`; the scheme defaults to http, and user and password may be
  ///     percent-encoded.
  ///   - field: the name of the setting, for the message.
  /// - Throws: ``ImageSearchError/Code/invalidArgument``, which names the invalid part and quotes nothing.
  init(_ text: String, field: String) throws {
    func refuse(_ why: String) -> ImageSearchError { ImageSearchError(.invalidArgument, "\(field) \(why)") }
    guard !text.utf8.contains(where: { $0 <= 32 || $0 == 127 }) else {
      throw refuse("contains a space or a control character; percent-encode it in a user name or password")
    }
    var rest = Array(text.utf8)[...]
    var scheme = "http"
    if let mark = rest.firstRange(of: Array("://".utf8)) {
      scheme = String(decoding: rest[..<mark.lowerBound], as: UTF8.self).lowercased()
      rest = rest[mark.upperBound...]
    }
    let isKnown = Self.schemes.contains(scheme)
    let authority = rest.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
    let tail = rest[authority.endIndex...]
    guard !tail.contains(UInt8(ascii: "@")) else {
      throw refuse(
        "has a character in its user name or password that must be percent-encoded (/ as %2F, ? as %3F, # as %23)")
    }
    guard isKnown else {
      throw refuse("has an unknown scheme; it must be one of \(Self.schemes.joined(separator: ", "))")
    }
    guard tail.isEmpty || tail.elementsEqual([UInt8(ascii: "/")]) else {
      throw refuse("has a path or a query; it must end behind the port")
    }
    let at = authority.lastIndex(of: UInt8(ascii: "@"))
    let place = at.map { authority[($0 + 1)...] } ?? authority
    guard let (host, port) = Self.hostAndPort(place) else { throw refuse("has no valid host and port") }
    self.host = host
    url = "\(scheme)://\(host)" + (port.map { ":\($0)" } ?? "")
    guard let at else {
      credentials = nil
      return
    }
    let pair = authority[..<at].split(separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
    let decoded = pair.map(PercentEncoding.decode)
    // Neither a header nor SOCKS can carry control characters, and a zero byte would end the text.
    guard !decoded.joined().contains(where: { $0 < 32 || $0 == 127 }) else {
      throw refuse("has a control character in its user name or password")
    }
    credentials = (Secret(bytes: decoded[0]), Secret(bytes: decoded.count > 1 ? decoded[1] : []))
  }

  private static func hostAndPort(_ place: ArraySlice<UInt8>) -> (String, String?)? {
    guard !place.isEmpty, let url = curl_url() else { return nil }
    defer { curl_url_cleanup(url) }
    let text = "http://" + String(decoding: place, as: UTF8.self) + "/"
    func part(_ which: CURLUPart) -> String? {
      var value: UnsafeMutablePointer<CChar>?
      guard curl_url_get(url, which, &value, 0) == CURLUE_OK, let value else { return nil }
      defer { curl_free(value) }
      return String(cString: value)
    }
    guard curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK, part(CURLUPART_PATH) == "/",
      let host = part(CURLUPART_HOST), !host.isEmpty
    else { return nil }
    let port = part(CURLUPART_PORT)
    return port == "0" ? nil : (host, port)
  }
}

/// The proxies of a client, read when it was opened: libcurl would read the environment for every request, on the
/// transfer thread, while the program may be changing it.
struct ProxySettings: Sendable {
  /// The proxies for http and https targets.
  private let http: Proxy?
  private let https: Proxy?
  /// Hosts that are reached directly, separated by commas.
  let exceptions: String

  /// - Throws: ``ImageSearchError/Code/invalidArgument``.
  init(_ configuration: TransportConfiguration) throws {
    if let proxy = configuration.proxy {
      http = proxy.isEmpty ? nil : try Proxy(proxy, field: "proxy")
      https = http
    } else {
      // HTTP_PROXY is read in lower case only: in a CGI program, the other is set by a request's header "Proxy".
      http = try Self.environment("http_proxy", "all_proxy", "ALL_PROXY")
      https = try Self.environment("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
    }
    exceptions = configuration.noProxy ?? Platform.environment("no_proxy") ?? Platform.environment("NO_PROXY") ?? ""
  }

  private static func environment(_ names: String...) throws -> Proxy? {
    for name in names {
      if let text = Platform.environment(name) { return try Proxy(text, field: "the environment's \(name)") }
    }
    return nil
  }

  /// Returns the proxy for a URL, whose host may still be one of the ``exceptions``.
  func proxy(for url: String) -> Proxy? {
    guard http !== https else { return http }
    return url.utf8.prefix(8).elementsEqual("https://".utf8) || url.lowercased().hasPrefix("https:") ? https : http
  }

  /// Overwrites the credentials.
  func wipe() {
    for proxy in [http, https] {
      proxy?.credentials?.user.wipe()
      proxy?.credentials?.password.wipe()
    }
  }
}

/// User and password of the proxies that a client may use, including those of the environment, in every form in which a
/// library may quote them.
enum ProxySecrets {
  static func all(_ configuration: TransportConfiguration) -> [Secret] {
    let given = configuration.proxy.map { [$0] } ?? environment
    return Set(given.flatMap(parts)).map(Secret.init)
  }

  private static var environment: [String] {
    let names: [String] = ["http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"]
    return names.compactMap(Platform.environment)
  }

  /// The password and the text around it in an address that may be malformed: everything before the last `@` is treated
  /// as secret.
  static func parts(_ proxy: String) -> [String] {
    guard let at = proxy.lastIndex(of: "@") else { return [] }
    var sign = proxy[..<at]
    if let scheme = sign.firstRange(of: "://") { sign = sign[scheme.upperBound...] }
    var parts = [String(sign), decoded(sign)]
    if let colon = sign.firstIndex(of: ":") {
      // A short user name may be a word that occurs in many messages.
      if sign[..<colon].utf8.count >= 8 { parts.append(String(sign[..<colon])) }
      let password = String(sign[sign.index(after: colon)...])
      parts += [password, decoded(password)]
      // Libraries split an address at characters that end a host or a port, and quote the pieces.
      parts += password.split(whereSeparator: { "/?#@: ".contains($0) }).map(String.init)
    }
    return parts.filter { $0.utf8.count >= 4 }
  }

  private static func decoded(_ text: some StringProtocol) -> String {
    String(decoding: PercentEncoding.decode(Array(text.utf8)[...]), as: UTF8.self)
  }
}
