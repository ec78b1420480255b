/// How a client reaches its provider.
public struct TransportConfiguration: Sendable {
  /// Proxy for every request, including uploads: `http://`, `https://`, `socks4://`, `socks4a://`, `socks5://` or
  /// `socks5h://`, with user and password in the URL if needed, in which `/`, `?` and `#` must be percent-encoded; `""`
  /// for none. `nil` reads `https_proxy`, `http_proxy`, `all_proxy` and `no_proxy` from the environment when the client
  /// is opened. Checked when the client is opened.
  public var proxy: String?
  /// Hosts that the proxy is not used for, separated by commas; `nil` for the environment's.
  public var noProxy: String?
  /// PEM file of the certificate authorities to trust, for the provider and for a proxy; `nil` for the environment's
  /// `CURL_CA_BUNDLE`, `SSL_CERT_FILE` and `SSL_CERT_DIR`, or else the system's. Checked when the client is opened,
  /// like the files below.
  public var certificateAuthorityFile: String?
  /// PEM file of the client's certificate.
  public var clientCertificateFile: String?
  /// PEM file of the client's private key; `nil` if it is in the certificate's file.
  public var clientKeyFile: String?
  /// Addresses to use instead of name lookup, each as `HOST:PORT:ADDRESS`.
  public var resolve: [String]
  /// Maximum size of a response in bytes; default 64 MiB. A larger one is ``ImageSearchError/Code/responseTooLarge``.
  public var maximumResponseBytes: Int
  /// Maximum number of connections kept open; default 16.
  public var maximumConnections: Int
  /// The header `User-Agent`, without control characters; `""` sends none.
  public var userAgent: String

  /// The defaults.
  public init() {
    proxy = nil
    noProxy = nil
    certificateAuthorityFile = nil
    clientCertificateFile = nil
    clientKeyFile = nil
    resolve = []
    maximumResponseBytes = 64 << 20
    maximumConnections = 16
    userAgent = "ImageSearch/\(LibraryVersion.text)"
  }
}

/// Descriptions omit the proxy, which may contain a password.
extension TransportConfiguration: CustomReflectable, CustomStringConvertible, CustomDebugStringConvertible {
  /// Without the proxy.
  public var customMirror: Mirror {
    Mirror(
      self,
      children: [
        "proxy": proxy.map { $0.isEmpty ? "none" : "[secret]" } ?? "of the environment",
        "certificateAuthorityFile": certificateAuthorityFile ?? "of the system", "userAgent": userAgent,
      ])
  }

  /// Without the proxy.
  public var description: String { "TransportConfiguration(userAgent: \(userAgent))" }

  /// Without the proxy.
  public var debugDescription: String { description }
}
