import Glibc
import Testing

@testable import ImageSearch

/// Proxy URLs: the options set in libcurl, and the errors of invalid ones.
@Suite struct ProxySettingsTests {
  private func text(_ secret: Secret?) -> String? { secret?.text }

  @Test func takenApart() throws {
    let full = try Proxy("HTTP://me:p%40ss%3Aword%2F1@Proxy.Example:3128/", field: "proxy")
    #expect(full.url == "http://Proxy.Example:3128" || full.url == "http://proxy.example:3128")
    #expect(text(full.credentials?.user) == "me")
    #expect(text(full.credentials?.password) == "p@ss:word/1")
    let bare = try Proxy("127.0.0.1:3128", field: "proxy")
    #expect(bare.url == "http://127.0.0.1:3128")
    #expect(bare.credentials == nil)
    #expect(try Proxy("socks5h://[::1]:1080", field: "proxy").url == "socks5h://[::1]:1080")
    // The last at sign ends the credentials, and the first colon the user name.
    let odd = try Proxy("http://u:a@b:c@127.0.0.1:9", field: "proxy")
    #expect(text(odd.credentials?.password) == "a@b:c")
    #expect(text(try Proxy("http://token@127.0.0.1:9", field: "proxy").credentials?.user) == "token")
    #expect(text(try Proxy("http://u:100%@127.0.0.1:9", field: "proxy").credentials?.password) == "100%")
  }

  @Test(arguments: [
    "http://user:s3cr3t/x@127.0.0.1:3128", "http://u:s3cr#3t@127.0.0.1:9", "http://u:s3cr?3t@127.0.0.1:9",
    " http://user:s3cr3t@127.0.0.1:3128", "http://u:s3cr 3t@127.0.0.1:9", "http://user:s3cr3t@127.0.0.1:99999",
    "http://u:s3cr3t@127.0.0.1:808O", "socks9://user:s3cr3t@127.0.0.1:3128", "socks://u:s3cr3t@127.0.0.1:9",
    "sock5h://u:s3cr3t@127.0.0.1:9", "http://u:s3cr3t@", "http://u:s3cr3t@/", "http://u:s3cr3t@:3128",
    "http://u:s3cr3t%00@127.0.0.1:9", "http://u:s3cr3t%0a@127.0.0.1:9", "http://u:s3cr3t@127.0.0.1:0",
    "http://u:s3cr3t@127.0.0.1:9/path", "http://u:s3cr3t@127.0.0.1:9?query", "ftp://u:s3cr3t@127.0.0.1", "http://",
    "http://u:s3cr3t@[::1", "http://u:s3cr3t@a b", "\u{1}http://u:s3cr3t@h",
  ])
  func refusedWithoutAWordOfIt(_ proxy: String) {
    var configuration = TransportConfiguration()
    configuration.proxy = proxy
    let error = #expect(throws: ImageSearchError.self) { try CurlTransport(configuration: configuration) }
    #expect(error?.code == .invalidArgument)
    #expect(error?.message.hasPrefix("proxy ") == true)
    for part in ["s3cr", "127.0.0.1", "user", "u:"] where part != "user" || !proxy.contains("/x@") {
      #expect(part == "user" || error?.message.contains(part) != true, "\(error?.message ?? "")")
    }
  }

  /// The credentials are not in a description of the configuration either.
  @Test func noDescription() {
    var configuration = ClientConfiguration()
    configuration.transport.proxy = "http://me:s3cr3t@127.0.0.1:9"
    var dumped = ""
    dump(configuration, to: &dumped)
    for words in ["\(configuration)", String(reflecting: configuration), dumped, "\(configuration.transport)"] {
      #expect(!words.contains("s3cr3t"))
    }
  }
}

/// TLS files, which are checked when a client opens.
@Suite struct TrustFilesTests {
  private func error(_ change: (inout TransportConfiguration) -> Void) -> ImageSearchError? {
    var configuration = TransportConfiguration()
    configuration.proxy = ""
    change(&configuration)
    do {
      _ = try TrustFiles(configuration)
      return nil
    } catch { return error as? ImageSearchError }
  }

  @Test func authorities() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let empty = try folder.write("empty.pem", "")
    let noise = try folder.write("noise.pem", "-----BEGIN CERTIFICATE-----\nnoise\n-----END CERTIFICATE-----\n")
    for (path, code) in [
      ("/nonexistent/ca.pem", ImageSearchError.Code.fileNotReadable), (folder.path, .fileNotReadable),
      ("/dev/null", .fileNotReadable), (empty, .invalidArgument), (noise, .invalidArgument),
    ] {
      let told = error { $0.certificateAuthorityFile = path }
      #expect(told?.code == code, "\(path): \(String(describing: told))")
      #expect(told?.message.contains("ca_file") == true)
    }
    #expect(error { $0.certificateAuthorityFile = "/etc/ssl/certs/ca-certificates.crt" } == nil)
  }

  @Test func theBundleOfTheDistributionThatIsThere() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let second = try folder.write("ca-bundle.crt", "")
    let third = try folder.write("ca-bundle.pem", "")
    let missing = folder.path + "/ca-certificates.crt"
    #expect(TrustFiles.systemBundle(of: [missing, second, third]) == second)
    #expect(TrustFiles.systemBundle(of: [missing]) == nil)
    // Debian's, Fedora's and SUSE's are known.
    for path in [
      "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
      "/var/lib/ca-certificates/ca-bundle.pem",
    ] { #expect(TrustFiles.systemBundles.contains(path)) }
  }

  @Test func aPipeIsNotWaitedFor() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let pipe = folder.path + "/pipe"
    #expect(mkfifo(pipe, 0o600) == 0)
    #expect(error { $0.certificateAuthorityFile = pipe }?.code == .fileNotReadable)
  }

  @Test func clientCertificates() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let noise = try folder.write("noise.pem", "noise")
    #expect(error { $0.clientCertificateFile = "/nonexistent" }?.code == .fileNotReadable)
    #expect(error { $0.clientCertificateFile = noise }?.message.contains("client certificate") == true)
    // A certificate without a key.
    let told = error { $0.clientCertificateFile = "/etc/ssl/certs/ca-certificates.crt" }
    #expect(told?.code == .invalidArgument && told?.message.contains("private key") == true)
  }
}
