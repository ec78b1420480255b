import CCurl
import COpenSSL
import Glibc

/// The headers of a request in libcurl's form. The only copy of their text is libcurl's, which can be wiped. The owner
/// calls ``clear()`` when libcurl no longer uses them.
struct HeaderList {
  private(set) var list: UnsafeMutablePointer<curl_slist>?
  /// Number of lines that are headers of the request; `nil` when the list was made for no request.
  private var headerCount: Int?

  /// Whether the list was made for a request with these headers.
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
    // "Name;" sends a header without a value; libcurl would omit "Name:".
    for (name, value) in headers { append(value.isEmpty ? name + ";" : name + ": " + value) }
  }

  /// Adds a line that is not in the request's headers.
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

/// One line of a response's headers, as passed by libcurl.
enum HeaderLine {
  /// `HTTP/1.1 200 OK`.
  case status
  /// A header, with its name in lower case and its value trimmed.
  case field(name: String, value: String)
  /// The empty line.
  case end
  /// Anything else, which is ignored.
  case other

  init(_ line: UnsafeRawBufferPointer) {
    guard let first = line.first, first != 13, first != 10 else {
      self = .end
      return
    }
    if line.count >= 5, line[0] == 0x48, line[1] == 0x54, line[2] == 0x54, line[3] == 0x50, line[4] == 0x2F {
      self = .status
      return
    }
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
      self = .other
      return
    }
    var start = colon + 1
    var end = line.count
    while start < end, line[start] == 32 || line[start] == 9 { start += 1 }
    while end > start, line[end - 1] <= 32 { end -= 1 }
    let name = String(unsafeUninitializedCapacity: colon) { buffer in
      for i in 0..<colon {
        let byte = line[i]
        buffer[i] = (65...90).contains(byte) ? byte | 0x20 : byte
      }
      return colon
    }
    let value = String(decoding: UnsafeRawBufferPointer(rebasing: line[start..<end]), as: UTF8.self)
    self = .field(name: name, value: value)
  }
}
