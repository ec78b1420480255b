/// Removes secrets from text that a provider or a library wrote and that we pass on.
package struct Redactor: Sendable {
  private let secrets: [Secret]

  package init(_ secrets: [Secret]) { self.secrets = secrets }

  /// The text without any secret, as it is or percent-encoded in either spelling.
  package func redact(_ text: String) -> String {
    var output = text
    for secret in secrets {
      let plain = secret.text
      // A key of a character or two would tear holes into every sentence; nobody issues one.
      guard plain.utf8.count >= 4 else { continue }
      let encodings = [PercentEncoding.encode(plain), PercentEncoding.encodeForm(plain)]
      for form in [plain] + encodings + encodings.map(Self.withLowerCaseDigits) {
        output = Self.replace(form, in: output)
      }
    }
    return output
  }

  package func redact(_ error: ImageSearchError) -> ImageSearchError {
    var error = error
    error.message = redact(error.message)
    error.providerMessage = error.providerMessage.map(redact)
    error.providerCode = error.providerCode.map(redact)
    error.requestID = error.requestID.map(redact)
    return error
  }

  /// `%2F` becomes `%2f`; the letters of the key stay as they are.
  private static func withLowerCaseDigits(_ encoded: String) -> String {
    var output: [UInt8] = []
    var digits = 0
    for byte in encoded.utf8 {
      let isUpper = digits > 0 && (UInt8(ascii: "A")...UInt8(ascii: "F")).contains(byte)
      output.append(isUpper ? byte | 0x20 : byte)
      digits = byte == UInt8(ascii: "%") ? 2 : max(0, digits - 1)
    }
    return String(decoding: output, as: UTF8.self)
  }

  private static func replace(_ needle: String, in text: String) -> String {
    let pattern = Array(needle.utf8)
    let bytes = Array(text.utf8)
    guard bytes.count >= pattern.count else { return text }
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count)
    var i = 0
    var found = false
    while i < bytes.count {
      if i + pattern.count <= bytes.count, bytes[i] == pattern[0], bytes[i..<i + pattern.count].elementsEqual(pattern) {
        output.append(contentsOf: "[secret]".utf8)
        i += pattern.count
        found = true
      } else {
        output.append(bytes[i])
        i += 1
      }
    }
    return found ? String(decoding: output, as: UTF8.self) : text
  }
}
