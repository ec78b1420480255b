import Glibc

/// User and password of the proxies that a client may use, including those of the environment, in every form in which a
/// library may quote them.
enum ProxySecrets {
  static func all(_ configuration: TransportConfiguration) -> [Secret] {
    let given = configuration.proxy.map { [$0] } ?? environment
    return Set(given.flatMap(parts)).map(Secret.init)
  }

  private static var environment: [String] {
    let names: [String] = ["http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"]
    return names.compactMap { getenv($0).map { String(cString: $0) } }
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
