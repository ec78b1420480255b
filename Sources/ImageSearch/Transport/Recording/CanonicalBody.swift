/// The part of a request's body that is the same in every attempt: no boundary, no signature, no nonce, no date.
enum CanonicalBody {
  static func bytes(_ body: [UInt8], contentType: String) -> [UInt8] {
    if contentType.hasPrefix("multipart/form-data"), let mark = contentType.firstRange(of: "boundary=") {
      return multipart(body, boundary: String(contentType[mark.upperBound...]))
    }
    if contentType.hasPrefix("application/x-www-form-urlencoded") { return form(body) }
    return body
  }

  private static func form(_ body: [UInt8]) -> [UInt8] {
    // The packed body of the 2018 version is declared as a form, but is not one.
    guard let text = String(validating: body, as: UTF8.self) else { return body }
    return Array(
      text.split(separator: "&", omittingEmptySubsequences: false).map { pair -> Substring in
        let name = pair.prefix { $0 != "=" }
        return SensitiveNames.contains(name) ? name : pair
      }.joined(separator: "&").utf8)
  }

  private static func multipart(_ body: [UInt8], boundary: String) -> [UInt8] {
    let delimiter = Array("--\(boundary)".utf8)
    let blank = Array("\r\n\r\n".utf8)
    var output: [UInt8] = []
    var start = body.place(of: delimiter)
    while let begin = start {
      let next = body.place(of: delimiter, from: begin + delimiter.count)
      let part = Array(body[(begin + delimiter.count)..<(next ?? body.count)])
      if let split = part.place(of: blank) {
        let head = String(decoding: part[..<split], as: UTF8.self)
        output.append(contentsOf: part[..<split])
        if !SensitiveNames.contains(name(in: head)) { output.append(contentsOf: part[split...]) }
      }
      start = next
    }
    return output
  }

  private static func name(in head: String) -> Substring {
    guard let mark = head.firstRange(of: "name=\"") else { return "" }
    return head[mark.upperBound...].prefix { $0 != "\"" }
  }
}
