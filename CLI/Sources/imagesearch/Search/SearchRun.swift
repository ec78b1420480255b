import FoundationEssentials
@_spi(Command) import ImageIndex
@_spi(Command) import ImageSearch
import Synchronization

/// Searches for queries at services, at each service's rate, within one cap, with a journal for a batch.
final class SearchRun: Sendable {
  /// An open service, or the error of opening it.
  struct Opened: Sendable {
    var name: ServiceName
    var service: Result<any SearchService, ImageSearchError>
    var pace: Pace
    /// Number of concurrent searches.
    var concurrency: Int
  }

  let services: [Opened]
  let terms: SearchTerms
  let journal: SearchJournal?
  let ledger: PaidLedger
  private let cap: Int
  private let repeatsUncertain: Bool
  private let claims = Claims()
  private let stopped = Mutex<[ServiceName: Answer.Failure]>([:])
  private let inARow = Mutex<[ServiceName: Int]>([:])
  /// Number of consecutive failures after which a service is not used again in the batch: it is down, and further
  /// requests cost time and perhaps money.
  private static let mostInARow = 5

  init(
    _ services: [Opened], terms: SearchTerms, journal: SearchJournal?, cap: Int, repeatsUncertain: Bool
  ) {
    self.services = services
    self.terms = terms
    self.journal = journal
    self.cap = cap
    self.repeatsUncertain = repeatsUncertain
    ledger = PaidLedger(cap: cap, made: journal?.paidCalls ?? 0)
  }

  /// Searches for all queries, several concurrently; results are in the order of the queries.
  ///
  /// - Throws: errors that end the run, and those of `each`.
  func run(_ queries: [Query], each: (Int, [Answer]) async throws -> Void) async throws {
    let width = max(1, services.map(\.concurrency).max() ?? 1)
    var ready: [Int: [Answer]] = [:]
    var next = 0
    try await withThrowingTaskGroup(of: (Int, [Answer]).self) { group in
      var started = 0
      var running = 0
      func fill() {
        // Results that are early wait in memory, so the lead is limited.
        while running < width, started < min(queries.count, next + 8 * width) {
          let (index, query) = (started, queries[started])
          started += 1
          running += 1
          group.addTask { (index, try await self.answers(query)) }
        }
      }
      fill()
      while let (index, answers) = try await group.next() {
        running -= 1
        ready[index] = answers
        // A cancelled search is not recorded.
        try Task.checkCancellation()
        while let answers = ready.removeValue(forKey: next) {
          try await each(next, answers)
          next += 1
        }
        fill()
      }
    }
  }

  /// The responses of all services, in the order given.
  private func answers(_ query: Query) async throws -> [Answer] {
    return try await withThrowingTaskGroup(of: (Int, Answer).self) { group in
      for (index, service) in services.enumerated() {
        group.addTask { (index, try await self.answer(query, service)) }
      }
      var answers = services.map { Answer($0.name) }
      while let (index, answer) = try await group.next() { answers[index] = answer }
      return answers
    }
  }

  private func answer(_ query: Query, _ opened: Opened) async throws -> Answer {
    let name = opened.name
    let key: String
    let service: any SearchService
    do {
      key = try journal?.key(of: query) ?? ""
      service = try opened.service.get()
    } catch let error as ImageSearchError {
      return Answer(name, failure: .init(error))
    }
    func known() -> Answer? { journal?.answer(name, key, repeatsUncertain: repeatsUncertain) }
    if let answer = known() { return answer }
    if let failure = stopped.withLock({ $0[name] }) { return Answer(name, failure: failure) }
    // The same image under another name is searched for once.
    let claim = "\(name) \(key)"
    if journal != nil { await claims.take(claim) }
    let result: Result<Answer, any Error>
    do {
      if let answer = known() {
        result = .success(answer)
      } else {
        try await opened.pace.enter()
        do {
          result = .success(try await ask(service, query, key, opened))
        } catch {
          await opened.pace.leave()
          throw error
        }
        await opened.pace.leave()
      }
    } catch let error as ImageSearchError {
      result = .success(Answer(name, failure: .init(error)))
    } catch {
      result = .failure(error)
    }
    if journal != nil { await claims.drop(claim) }
    return try result.get()
  }

  private func ask(_ service: any SearchService, _ query: Query, _ key: String, _ opened: Opened) async throws -> Answer
  {
    let name = opened.name
    if let failure = stopped.withLock({ $0[name] }) { return Answer(name, failure: failure) }
    let most = terms.mostPaidCalls(query, name)
    if most > 0, await !ledger.reserve(most) {
      let spent = await ledger.count
      let failure = Answer.Failure(
        code: ImageSearchError.Code.spendingCapReached.description,
        message:
          "the cap of \(count(cap, "paid search", "paid searches")) is reached (\(spent) made, this one may take \(most)); nothing was sent. "
          + "Run it again with a larger --max-paid",
        mayHaveBeenCharged: false, exit: .account)
      stopped.withLock { $0[name] = failure }
      return Answer(name, failure: failure)
    }
    let began = Date.now
    var answer: Answer
    do {
      try journal?.begin(name, key, query, most: most)
    } catch {
      await ledger.settle(most, used: 0)
      throw error
    }
    let paid = Mutex(0)
    // A list of one, because only lists report what a call cost.
    let results = try await service.searchMany(
      [terms.request(query.image, name)],
      batch: SearchBatch(concurrent: 1, maximumPaidCalls: name.isPaid ? most : nil)
    ) { progress in paid.withLock { $0 = progress.paidCalls } }
    switch results.first {
    case .success(let page): answer = Answer(name, page)
    case .failure(let error): answer = Answer(name, failure: .init(error))
    case nil: answer = Answer(name, failure: .init(ImageSearchError(.internalFailure, "no answer came")))
    }
    answer.paidCalls = name.isPaid ? paid.withLock { $0 } : 0
    if answer.failure?.mayHaveBeenCharged == true { answer.paidCalls = max(1, answer.paidCalls) }
    answer.began = began.timeIntervalSince1970
    answer.seconds = Date.now.timeIntervalSince(began)
    await ledger.settle(most, used: answer.paidCalls)
    try journal?.end(answer, key, query)
    note(answer)
    return answer
  }

  /// Stops using a service that would refuse all further requests.
  private func note(_ answer: Answer) {
    guard journal != nil else { return }
    guard let failure = answer.failure else {
      inARow.withLock { $0[answer.service] = 0 }
      return
    }
    let many = inARow.withLock { inARow -> Int in
      inARow[answer.service, default: 0] += failure.exit == .service ? 1 : 0
      return inARow[answer.service] ?? 0
    }
    guard [.account, .index, .system].contains(failure.exit) || many >= Self.mostInARow else { return }
    var rest = failure
    rest.mayHaveBeenCharged = false
    stopped.withLock { $0[answer.service] = $0[answer.service] ?? rest }
  }
}
