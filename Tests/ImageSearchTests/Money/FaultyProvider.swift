import Synchronization

@testable import ImageSearch

/// TinEye and TMAPI in memory. They charge as the doubles do, for each search or conversion that was done, and fail by a seeded
/// schedule: gateways that answer instead, connections that break at any point, truncated bodies, absurd waits.
final class FaultyProvider: HTTPTransport {
  /// The fault of one request.
  enum Fault: CaseIterable {
    case none, ownRefusal, ownFailure, ownFinal, gatewayPage, gatewayJSON, emptyGateway, page200, cutBody, otherJSON,
      emptyBody
    case neverSent, reset, lost, tooLarge, slow, redirect, hostGone
  }

  private struct State {
    var generator: SeededGenerator
    /// The faults of the next requests.
    var faults: Int
    var charges: [String: Int] = [:]
    var log: [String] = []
  }

  private let state: Mutex<State>
  private let time: InstantTime
  /// The page of TMAPI from which on all pages are the same.
  private let repeatsFrom: Int
  /// Whether TinEye cannot download images by their URLs, which is not charged.
  private let downloads: Bool

  init(seed: UInt64, time: InstantTime, downloads: Bool = true) {
    var generator = SeededGenerator(seed: seed)
    let faults = Int.random(in: 0...6, using: &generator)
    repeatsFrom = Bool.random(using: &generator) ? 2 : 100
    self.time = time
    self.downloads = downloads
    state = Mutex(State(generator: generator, faults: faults))
  }

  /// The charges by kind of request.
  var charges: [String: Int] { state.withLock { $0.charges } }
  /// The events, for analysing a failure.
  var log: String { state.withLock { $0.log.joined(separator: "; ") } }
  func isCharged(_ service: String) -> Bool { charges.keys.contains { $0.hasPrefix(service) } }
  /// Ends all faults.
  func heal() { state.withLock { $0.faults = 0 } }

  func send(_ request: TransportRequest, timeouts: AttemptTimeouts) async throws(TransportFailure) -> TransportResponse
  {
    let outcome: Result<TransportResponse, TransportFailure> = state.withLock { state in
      let work = Work(request, downloads: downloads)
      var fault = Fault.none
      if state.faults > 0 {
        state.faults -= 1
        fault = Fault.allCases.randomElement(using: &state.generator) ?? .none
      }
      let isDone = Bool.random(using: &state.generator)
      let wait = Self.waits.randomElement(using: &state.generator) ?? nil
      let status = Self.statuses.randomElement(using: &state.generator) ?? 503
      // Completed work is charged, whatever happens to its response.
      let isCharged: Bool
      switch fault {
      case .none, .cutBody: isCharged = true
      case .ownRefusal, .ownFinal, .neverSent, .hostGone: isCharged = false
      default: isCharged = isDone
      }
      if isCharged, let unit = work.unit { state.charges[unit, default: 0] += 1 }
      state.log.append("\(work.name) \(fault) \(status) wait \(wait ?? "-") charged \(isCharged && work.unit != nil)")
      if fault == .slow { time.advance(timeouts.total.inSeconds) }
      return respond(work, fault, status: status, wait: wait)
    }
    return try outcome.get()
  }

  func close() {}

  // MARK: -

  private static let waits: [String?] = [
    nil, nil, nil, "0", "1", "7", "119", "121", "86400", "-5", "1e999", "nan", "99999999999999999999", "1.5",
    "Fri, 31 Dec 9999 23:59:59 GMT", "Thu, 01 Jan 1970 00:00:00 GMT", "soon", "",
  ]
  private static let statuses = [
    300, 301, 302, 307, 400, 401, 402, 403, 404, 405, 407, 408, 413, 418, 429, 500, 502, 503, 504, 520, 599,
  ]

  /// The kind of a request.
  private struct Work {
    var name: String
    /// The kind of charge; `nil` when nothing is charged.
    var unit: String?
    var body: String
    var isTMAPI = false
    /// An image that TinEye could not download.
    var isUnfetched = false

    init(_ request: TransportRequest, downloads: Bool) {
      let url = request.url
      isTMAPI = url.contains("/1688/")
      if url.hasPrefix("https://images.example/") || url.hasPrefix("https://cbu01.alicdn.com/") {
        (name, unit, body) = ("fetch", nil, "")
      } else if url.contains("convert_url") {
        (name, unit, body) = (
          "convert", "TMAPI convert", #"{"code":200,"msg":"success","data":{"image_url":"/search/abc"}}"#
        )
      } else if isTMAPI {
        let page =
          url.firstRange(of: "&page=").map { url[$0.upperBound...].prefix { $0.isNumber } }.flatMap { Int($0) } ?? 1
        (name, unit, body) = ("search", "TMAPI search \(page)", "\(page)")
      } else if url.contains("search") {
        isUnfetched = request.method == .get && !downloads
        (name, unit) = ("search", isUnfetched ? nil : request.method == .post ? "TinEye upload" : "TinEye url")
        body = #"{"stats":{"total_results":1},"code":200,"messages":[],"results":{"matches":[{"score":50}]}}"#
      } else {
        (name, unit, body) = ("count", nil, #"{"stats":{},"code":200,"messages":[],"results":7}"#)
      }
    }
  }

  private func respond(_ work: Work, _ fault: Fault, status: Int, wait: String?) -> Result<
    TransportResponse, TransportFailure
  > {
    let headers = wait.map { [(name: "Retry-After", value: $0)] } ?? []
    func answer(_ status: Int, _ text: String) -> Result<TransportResponse, TransportFailure> {
      .success(TransportResponse(status: status, headers: headers, body: Array(text.utf8)))
    }
    func fail(_ code: ImageSearchError.Code, isSent: Bool) -> Result<TransportResponse, TransportFailure> {
      .failure(TransportFailure(code, "it broke", requestMayHaveBeenSent: isSent))
    }
    func own(_ code: Int, _ words: String) -> Result<TransportResponse, TransportFailure> {
      answer(
        code,
        work.isTMAPI
          ? #"{"code":\#(code),"msg":"\#(words)"}"#
          : #"{"stats":{},"code":\#(code),"messages":["\#(words)"],"results":[]}"#)
    }
    switch fault {
    case .none where work.isUnfetched: return own(400, "We couldn't download that image.")
    case .none: return .success(TransportResponse(status: 200, body: body(of: work)))
    case .ownRefusal: return own(status % 2 == 0 ? 429 : 503, "too many requests")
    case .ownFailure: return own(500, "unexpected")
    case .ownFinal: return work.isTMAPI ? own(439, "balance") : own(402, "You have no more searches available.")
    case .gatewayPage: return answer(status, "<html><h1>upstream connect error</h1></html>")
    case .gatewayJSON: return answer(status, #"{"message":"upstream request failed"}"#)
    case .emptyGateway: return answer(status, "")
    case .page200: return answer(200, "<!doctype html><title>Log in</title>")
    case .cutBody: return .success(TransportResponse(status: 200, body: Array(body(of: work).prefix(30))))
    case .otherJSON: return answer(200, #"{"ok":true}"#)
    case .emptyBody: return answer(200, "")
    case .neverSent:
      return fail([.connectionFailed, .timedOut, .proxyFailed, .connectionLost][status % 4], isSent: false)
    case .reset: return fail(.connectionLost, isSent: true)
    case .lost: return fail(.malformedResponse, isSent: true)
    case .tooLarge: return fail(.responseTooLarge, isSent: true)
    case .slow: return fail(.timedOut, isSent: true)
    case .redirect: return answer(302, "<html>moved</html>")
    case .hostGone: return fail([.hostNotFound, .tlsFailed][status % 2], isSent: false)
    }
  }

  private func body(of work: Work) -> [UInt8] {
    if work.name == "fetch" { return SampleImage.png }
    guard work.isTMAPI, let page = Int(work.body) else { return Array(work.body.utf8) }
    let first = min(page, repeatsFrom) * 20
    return Array(TMAPIFixture.page(page, items: first...first + 19, total: 100).utf8)
  }
}
