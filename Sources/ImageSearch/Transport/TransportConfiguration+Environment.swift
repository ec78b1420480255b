import Glibc

extension TransportConfiguration {
  /// The variables that libcurl takes a proxy from; it reads `HTTP_PROXY` in small letters only, for a CGI program gets the other
  /// from whoever asks.
  private static let proxyVariables = ["http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]

  /// The same with "no proxy" spelt out when the environment names none. Else libcurl would look again for every request, on its
  /// own thread, while the program may be changing its environment.
  var withEnvironmentRead: TransportConfiguration {
    guard proxy == nil, !Self.proxyVariables.contains(where: { getenv($0) != nil }) else { return self }
    var configuration = self
    configuration.proxy = ""
    configuration.noProxy = ""
    return configuration
  }
}
