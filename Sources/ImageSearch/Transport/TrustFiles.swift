import CCurl
import COpenSSL

/// The files that TLS needs, found and checked when a client opens: an error of the first request would be late and
/// less specific.
struct TrustFiles: Sendable {
  /// File of the certificate authorities to trust; `nil` for the system's.
  let authorityFile: String?
  /// Folder of the same, one file each.
  let authorityFolder: String?
  let certificateFile: String?
  let keyFile: String?

  private static let limit = 16 << 20

  /// - Throws: ``ImageSearchError/Code/fileNotReadable``, ``ImageSearchError/Code/invalidArgument``; the message names
  ///   the option or the environment variable.
  init(_ configuration: TransportConfiguration) throws {
    if let file = configuration.certificateAuthorityFile {
      try Self.checkAuthorities(file, "certificate authority file (ca_file)")
      (authorityFile, authorityFolder) = (file, nil)
    } else {
      (authorityFile, authorityFolder) = try Self.environment()
    }
    certificateFile = configuration.clientCertificateFile
    keyFile = configuration.clientKeyFile
    if let certificateFile { try Self.checkPair(certificateFile, keyFile) }
  }

  /// The files that the command `curl` and OpenSSL take from the environment, in curl's order.
  private static func environment() throws -> (file: String?, folder: String?) {
    var folder: String?
    if let path = Platform.environment("SSL_CERT_DIR") {
      // OpenSSL accepts several folders separated by colons; libcurl does not.
      let first = path.split(separator: ":").first { Platform.isFolder(String($0)) }
      guard let first else {
        throw ImageSearchError(.fileNotReadable, "the environment's SSL_CERT_DIR names no folder")
      }
      folder = String(first)
    }
    for name in ["CURL_CA_BUNDLE", "SSL_CERT_FILE"] {
      guard let path = Platform.environment(name) else { continue }
      try checkAuthorities(path, "the environment's \(name)")
      return (path, name == "CURL_CA_BUNDLE" ? nil : folder)
    }
    return (folder == nil && !curlKnowsAuthorities ? systemBundle() : nil, folder)
  }

  /// Where distributions keep their certificate authorities: Debian, Ubuntu, Arch; Fedora, RHEL; Fedora from 42 on;
  /// SUSE, new and old; Alpine.
  static let systemBundles = [
    "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/var/lib/ca-certificates/ca-bundle.pem",
    "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem",
  ]

  /// Returns the first bundle that exists. With `nil`, OpenSSL uses its own folder, and the first request fails if that
  /// is empty.
  static func systemBundle(of paths: [String] = systemBundles) -> String? {
    paths.first(where: Platform.isReadable)
  }

  /// Whether libcurl was built for a distribution, and so knows its bundle. The one in a wheel is built for all.
  private static let curlKnowsAuthorities: Bool = {
    guard ProcessExit.enter() else { return true }
    defer { ProcessExit.leave() }
    guard let info = curl_version_info(CURLVERSION_FIRST)?.pointee, info.age.rawValue >= CURLVERSION_SEVENTH.rawValue
    else { return true }
    return info.cainfo != nil || info.capath != nil
  }()

  private static func checkAuthorities(_ path: String, _ field: String) throws {
    guard let certificate = certificates(try read(path, field)) else {
      throw ImageSearchError(.invalidArgument, "\(field) contains no certificate in PEM that can be read")
    }
    guard ProcessExit.enter() else { return }
    defer { ProcessExit.leave() }
    X509_free(certificate)
  }

  private static func read(_ path: String, _ field: String) throws -> [UInt8] {
    do {
      return try RegularFile(path: path).contents(limit: limit)
    } catch let error as ImageSearchError {
      throw ImageSearchError(error.code == .imageTooLarge ? .invalidArgument : error.code, "\(field): \(error.message)")
    }
  }

  /// - Returns: the first certificate; the caller frees it.
  private static func certificates(_ text: [UInt8]) -> OpaquePointer? {
    guard ProcessExit.enter() else { return nil }
    defer { ProcessExit.leave() }
    return withMemory(text) { PEM_read_bio_X509($0, nil, imagesearch_no_password, nil) }
  }

  private static func withMemory(_ text: [UInt8], _ read: (OpaquePointer) -> OpaquePointer?) -> OpaquePointer? {
    defer { ERR_clear_error() }
    guard let memory = BIO_new_mem_buf(text, Int32(clamping: text.count)) else { return nil }
    defer { BIO_free(memory) }
    return read(memory)
  }

  private static func checkPair(_ certificateFile: String, _ keyFile: String?) throws {
    let field = "client certificate file (client_certificate)"
    var text = try read(certificateFile, field)
    defer { wipe(&text) }
    guard let certificate = certificates(text) else {
      throw ImageSearchError(.invalidArgument, "\(field) contains no certificate in PEM that can be read")
    }
    guard ProcessExit.enter() else {
      X509_free(certificate)
      return
    }
    defer {
      X509_free(certificate)
      ProcessExit.leave()
    }
    let keyField = keyFile == nil ? field : "client key file (client_key)"
    var keyText = try keyFile.map { try read($0, keyField) } ?? text
    defer { wipe(&keyText) }
    guard let key = withMemory(keyText, { PEM_read_bio_PrivateKey($0, nil, imagesearch_no_password, nil) }) else {
      throw ImageSearchError(
        .invalidArgument, "\(keyField) contains no private key in PEM that can be read without a password")
    }
    defer {
      EVP_PKEY_free(key)
      ERR_clear_error()
    }
    guard X509_check_private_key(certificate, key) == 1 else {
      throw ImageSearchError(.invalidArgument, "the client's private key is not that of its certificate")
    }
  }

  private static func wipe(_ bytes: inout [UInt8]) {
    bytes.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) }
  }
}
