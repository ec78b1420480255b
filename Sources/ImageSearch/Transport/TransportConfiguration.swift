/// How a client reaches its provider.
public struct TransportConfiguration: Sendable {
  /// Proxy for every request, uploads too: `http://`, `https://`, `socks4://`, `socks4a://`, `socks5://` or `socks5h://`, user and
  /// password in the URL if needed, percent-encoded where they have a `/`, `?` or `#`; `""` uses none. `nil` takes `https_proxy`,
  /// `http_proxy`, `all_proxy` and `no_proxy` from the environment, as it is when the client is opened. Checked then.
  public var proxy: String?
  /// Hosts that the proxy is not used for, separated by commas; `nil` takes the environment's.
  public var noProxy: String?
  /// File with the certificates of the authorities to trust, for the provider and for a proxy, in PEM; `nil` takes the
  /// environment's `CURL_CA_BUNDLE`, `SSL_CERT_FILE` and `SSL_CERT_DIR`, else the system's. Checked when the client is opened, as
  /// the files below.
  public var certificateAuthorityFile: String?
  /// File with the client's certificate, in PEM.
  public var clientCertificateFile: String?
  /// File with the client's private key, in PEM; `nil` when it is in the certificate's file.
  public var clientKeyFile: String?
  /// Addresses to use instead of name lookup, each as `HOST:PORT:ADDRESS`.
  public var resolve: [String]
  /// An answer with more bytes than this is an error; default 64 MiB.
  public var maximumResponseBytes: Int
  /// Connections kept open at most; default 16.
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

/// What shows of a configuration; a proxy may hold a password.
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
