import CCurl
import COpenSSL
import Glibc

/// The headers of a request as libcurl takes them. No text of them is kept but libcurl's, which can be wiped. The owner calls
/// ``clear()`` at the end, when libcurl no longer uses them.
struct HeaderList {
  private(set) var list: UnsafeMutablePointer<curl_slist>?
  /// How many of the lines are headers of the request; `nil` when it was made for none.
  private var headerCount: Int?

  /// Whether it was made for a request with these headers.
  func isMade(of headers: [(name: String, value: String)]) -> Bool {
    guard headers.count == headerCount else { return false }
    var line = list
    for (name, value) in headers {
      guard let current = line, let text = current.pointee.data, Self.isLine(text, name, value) else { return false }
      line = current.pointee.next
    }
    return true
  }

  mutating func make(of headers: [(name: String, value: String)]) {
    clear()
    headerCount = headers.count
    // A name with a semicolon is a header without a value; with a colon libcurl would leave it out.
    for (name, value) in headers { append(value.isEmpty ? name + ";" : name + ": " + value) }
  }

  /// Adds a line that the headers themselves do not have.
  mutating func append(_ line: String) {
    list = curl_slist_append(list, line) ?? list
  }

  /// Overwrites and frees the lines: one of them may be a key.
  mutating func clear() {
    var line = list
    while let current = line {
      if let text = current.pointee.data { OPENSSL_cleanse(text, strlen(text)) }
      line = current.pointee.next
    }
    curl_slist_free_all(list)
    list = nil
    headerCount = nil
  }

  private static func isLine(_ text: UnsafePointer<CChar>, _ name: String, _ value: String) -> Bool {
    let length = name.utf8.count
    guard strncmp(text, name, length) == 0 else { return false }
    let rest = text + length
    return value.isEmpty ? strcmp(rest, ";") == 0 : strncmp(rest, ": ", 2) == 0 && strcmp(rest + 2, value) == 0
  }
}
