import CCurl
import COpenSSL

/// The version of this library; `include/imagesearch.h` has the same numbers, which a test checks.
public enum LibraryVersion {
  /// Raised by changes that break callers.
  public static let major = 1
  /// Raised by additions.
  public static let minor = 0
  /// Raised by fixes.
  public static let patch = 0
  /// For instance `"1.0.0"`.
  public static let text = "\(major).\(minor).\(patch)"
}

/// The libraries that are loaded to make requests.
package enum LinkedLibraries {
  /// Pairs of a name and a version.
  package static var versions: [(String, String)] {
    var found = [("swift", swift)]
    if let info = curl_version_info(CURLVERSION_FIRST)?.pointee {
      found.append(("libcurl", info.version.map { String(cString: $0) } ?? "?"))
      found.append(("tls", info.ssl_version.map { String(cString: $0) } ?? "none"))
      found.append(("http2", info.features & CURL_VERSION_HTTP2 == 0 ? "no" : "yes"))
    }
    found.append(("libcrypto", OpenSSL_version(OPENSSL_VERSION_STRING).map { String(cString: $0) } ?? "?"))
    return found
  }

  private static var swift: String {
    #if compiler(>=6.4)
      "6.4 or later"
    #elseif compiler(>=6.3)
      "6.3"
    #else
      "6"
    #endif
  }
}
