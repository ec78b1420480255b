import FoundationEssentials
import Testing

@testable import ImageSearch

/// `docs/errors.md` agrees with the code in both directions.
@Suite struct ErrorTableTests {
  private let table: ErrorTable

  init() throws { table = try ErrorTable() }

  private func check(_ row: ErrorTable.Row, _ failure: ProviderFailure?) {
    let place: Comment = "\(row.who): \(row.condition)"
    #expect(failure.map { "\($0.error.code)" } == row.code, place)
    #expect((failure?.repetition == .notCounted) == row.paidAgain, place)
    #expect((failure?.repetition != .never) == row.freeAgain, place)
    #expect(failure?.isThrottling == row.slower, place)
    // A failure that is not in the provider's own format may have been charged.
    if row.who == "any" { #expect(failure?.mayHaveBeenCharged == true, place) }
  }

  private func failure<Value>(_ result: Result<Value, ProviderFailure>) -> ProviderFailure? {
    if case .failure(let failure) = result { failure } else { nil }
  }

  private func response(_ status: Int, _ body: String) -> TransportResponse {
    TransportResponse(status: status, body: Array(body.utf8))
  }

  // MARK: - Transport

  @Test(arguments: [true, false]) func whatTheTransportMeets(_ isSent: Bool) async throws {
    var codes = Set<String>()
    let when = isSent ? "after sending:" : "before sending:"
    for row in table.rows(of: "transport") {
      guard let list = row.after(when) ?? row.after("always:") else { continue }
      for name in list.split(whereSeparator: { $0 == " " || $0 == "`" }).map(String.init) {
        let code = try #require(ImageSearchError.Code.names.first { $0.value == name }?.key, "\(name)")
        #expect(codes.insert(name).inserted, "\(name) is in two rows")
        for isPaid in [true, false] {
          let error = try await perform(TransportFailure(code, "told", requestMayHaveBeenSent: isSent), isPaid: isPaid)
          #expect(error.code == code)
          #expect((error.attempts == 2) == (isPaid ? row.paidAgain : row.freeAgain), "\(name), paid: \(isPaid)")
          #expect(error.mayHaveBeenCharged == (isPaid && isSent), "\(name)")
        }
      }
    }
    // The errors of the transport and of request bodies.
    let source =
      try ErrorTable.source("Transport/Curl/CurlOptions.swift") + ErrorTable.source("Transport/Curl/CurlTransfer.swift")
      + ErrorTable.source("Transport/Curl/TransferThread.swift")
    for name in ImageSearchError.Code.names.values where source.contains("." + name) {
      #expect(codes.contains(name), "\(name) is missing from the table")
    }
  }

  /// Makes a call that always fails in this way, with two attempts.
  private func perform(_ failure: TransportFailure, isPaid: Bool) async throws -> ImageSearchError {
    var configuration = ClientConfiguration()
    configuration.retry.maximumAttempts = 2
    let caller = try ServiceCaller(
      service: "any", configuration: configuration, limits: RequestLimits(concurrent: 1), secrets: [],
      transport: ScriptedTransport([.failure(failure)]), time: InstantTime(), random: FixedRandom())
    let call = ServiceCall<Void>(
      operation: "call", isPaid: isPaid, makeRequest: { TransportRequest(method: .get, url: "http://a.example") }
    ) { _ in .success(()) }
    do {
      try await caller.perform(call, options: .init())
    } catch {
      return try #require(error as? ImageSearchError)
    }
    throw ErrorTable.Unreadable(line: "the call did not fail")
  }

  // MARK: - Any service

  @Test func statusesThatNobodyExplains() throws {
    let rows = table.rows(of: "any")
    var used = Set<String>()
    for status in Array(100...199) + Array(300...999) {
      let row = try #require(rows.first { Self.statuses($0.condition)?.contains(status) == true }, "HTTP \(status)")
      used.insert(row.condition)
      check(row, ResponseFailure.byStatus(status))
    }
    for row in rows where Self.statuses(row.condition) != nil {
      #expect(used.contains(row.condition), "no status gets to \(row.condition)")
    }
  }

  @Test func pagesInsteadOfAnswers() throws {
    var count = 0
    for row in table.rows(of: "any") {
      guard let status = row.after("HTTP").flatMap({ Int($0.prefix(3)) }), row.condition.hasSuffix("no JSON") else {
        continue
      }
      count += 1
      let page = response(status, "<html>")
      check(row, failure(TinEyeErrors.read(page, unixTime: 0)))
      check(row, failure(TMAPIErrors.read(page, unixTime: 0, TMAPISearchResponse.init)))
      check(row, failure(AlibabaCloudErrors.read(page, as: AlibabaCloudSearchResponse.self, part: "Auctions")))
    }
    #expect(count == 4)
  }

  /// `HTTP 404` or `HTTP 300–399`.
  private static func statuses(_ condition: String) -> ClosedRange<Int>? {
    guard condition.hasPrefix("HTTP ") else { return nil }
    let ends = condition.dropFirst(5).split(separator: "–").map { Int($0) }
    guard let first = ends.first, let low = first else { return nil }
    guard ends.count == 2 else { return low...low }
    return ends[1].map { low...$0 }
  }

  // MARK: - The services

  @Test func tinEye() throws {
    let rows = table.rows(of: "TinEye")
    for row in rows {
      let words = row.after("words:") ?? row.after("words of a URL search:") ?? ""
      let type = row.after("type:")
      let status = row.after("status ").flatMap { Int($0) } ?? 400
      let messages = (type.map { [$0, "told"] } ?? []) + (words.isEmpty ? [] : ["Sorry, \(words)."])
      let list = messages.map { "\"\($0)\"" }.joined(separator: ",")
      let body = "{\"code\": \(status), \"messages\": [\(list)], \"results\": []}"
      // Also the error inside HTTP 200.
      for outer in [status, 200] {
        let answer = TinEyeErrors.read(
          response(outer, body), isURLSearch: row.condition.contains("URL search"), unixTime: 0)
        check(row, failure(answer))
      }
    }
    let source = try ErrorTable.source("TinEye/TinEyeErrors.swift")
    for literal in Self.literals(source, after: "words.contains(\"") + Self.literals(source, after: "type == \"") {
      #expect(rows.contains { $0.condition.contains(literal) }, "the table lacks \(literal)")
    }
    for status in Self.literals(source, after: "status == ", until: [" ", ",", ")", "{"]) where status != "200" {
      #expect(rows.contains { $0.condition == "status \(status)" }, "the table lacks status \(status)")
    }
  }

  @Test func tmapi() throws {
    let rows = table.rows(of: "TMAPI")
    var codes = Set<Int>()
    for row in rows {
      let code = try #require(row.after("code ").flatMap { Int($0) })
      codes.insert(code)
      for status in code < 600 ? [code, 200] : [200] {
        let answer = TMAPIErrors.read(
          response(status, "{\"code\": \(code), \"msg\": \"told\"}"), unixTime: 0, TMAPISearchResponse.init)
        check(row, failure(answer))
      }
    }
    #expect(codes == Set(TMAPIErrors.table.keys).union([999]))
  }

  @Test func alibabaCloud() throws {
    let rows = table.rows(of: "AlibabaCloud")
    var codes = Set<String>()
    for row in rows {
      let parts = try #require(row.after("codes:")).split(separator: ",")
      let words = row.after("words:") ?? "told"
      for code in parts[0].split(separator: " ").map(String.init) {
        codes.insert(code)
        for status in [400, 200] {
          let body = "{\"Code\": \"\(code)\", \"Message\": \"Sorry: \(words).\", \"RequestId\": \"r\"}"
          let answer = AlibabaCloudErrors.read(
            response(status, body), as: AlibabaCloudSearchResponse.self, part: "Auctions")
          check(row, failure(answer))
        }
      }
    }
    // Quoted text in the code is a provider's code, a prefix of codes, or words of a message.
    let source = try ErrorTable.source("AlibabaCloud/AlibabaCloudErrors.swift")
    let start = try #require(source.firstRange(of: "func meaning(")).lowerBound
    for literal in Self.literals(String(source[start...]), after: "\"") {
      let isThere = codes.contains { $0.hasPrefix(literal) } || rows.contains { $0.after("words:") == literal }
      #expect(isThere || literal.isEmpty, "the table lacks \(literal)")
    }
  }

  /// The text after each mark in a source file, up to the next quote or one of `ends`.
  private static func literals(_ source: String, after mark: String, until ends: Set<Character> = ["\""]) -> [String] {
    var found: [String] = []
    var rest = source[...]
    while let place = rest.firstRange(of: mark) {
      rest = rest[place.upperBound...]
      let literal = rest.prefix { !ends.contains($0) && $0 != "\n" }
      found.append(String(literal))
      // Skips the closing quote, which would otherwise open the next one.
      rest = rest[literal.endIndex...].dropFirst()
    }
    return found
  }
}
