import FoundationEssentials

/// Exchanges with a provider in files, so that a program's tests need not call, or pay, the provider.
///
/// The files hold no secret: keys, tokens, signatures, nonces, policies and dates of authentication are replaced in the
/// URL, the headers and the bodies of responses; of a request's body there is only a digest. Images that were fetched
/// are stored unchanged.
public enum ExchangeRecording: Sendable, Hashable {
  /// Calls the provider, and writes every exchange as one JSON file to this folder, which is created if it is missing.
  case record(folder: String)
  /// Sends nothing, and takes the responses from the files of this folder, each once, in the order in which they were
  /// written. A request that was not recorded throws ``ImageSearchError/Code/notFound``, which names it. The client may
  /// be opened with any key.
  case replay(folder: String)

  /// - Throws: ``ImageSearchError/Code/fileNotReadable``.
  func transport(_ service: String, secrets: [Secret], over inner: () throws -> any HTTPTransport) throws
    -> any HTTPTransport
  {
    switch self {
    case .record(let folder):
      try RecordingTransport(folder: folder, service: service, secrets: secrets, over: inner())
    case .replay(let folder): try ReplayTransport(folder: folder, service: service)
    }
  }
}

/// One exchange, as stored in a file.
struct RecordedExchange: Codable, Sendable {
  struct Header: Codable, Sendable, Hashable {
    var name: String
    var value: String
  }

  struct Request: Codable, Sendable {
    var method: String
    var url: String
    var headers: [Header]
    var bodyLength: Int
    /// Digest of the part that does not change between attempts; see ``ExchangeRedaction``.
    var bodySHA256: String

    /// Identifies equal requests; contains nothing that is redacted.
    var key: String {
      let kept = headers.filter { $0.value != ExchangeRedaction.mark }.map { "\($0.name): \($0.value)" }.sorted()
      return ([method + " " + url, bodySHA256] + kept).joined(separator: "\n")
    }
  }

  struct Response: Codable, Sendable {
    var status: Int
    var headers: [Header]
    /// The body, if it is text.
    var text: String?
    /// The body in base64, if it is not text.
    var base64: String?
  }

  /// The failure, if there was no response.
  struct Failure: Codable, Sendable {
    var code: Int32
    var message: String
    var requestMayHaveBeenSent: Bool
  }

  /// Version of the file format.
  var version = 1
  var request: Request
  var response: Response?
  var failure: Failure?

  func outcome() throws(TransportFailure) -> TransportResponse {
    if let failure {
      throw TransportFailure(
        ImageSearchError.Code(rawValue: failure.code), failure.message,
        requestMayHaveBeenSent: failure.requestMayHaveBeenSent)
    }
    guard let response else {
      throw TransportFailure(.fileNotReadable, "a recorded exchange has no response", requestMayHaveBeenSent: false)
    }
    let body = response.base64.flatMap { Data(base64Encoded: $0) }.map(Array.init) ?? Array((response.text ?? "").utf8)
    return TransportResponse(status: response.status, headers: response.headers.map { ($0.name, $0.value) }, body: body)
  }
}

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
