@_spi(Command) import ImageSearch

/// The checks before a batch costs anything: the services' quotas, and the user's confirmation.
struct BatchQuestion {
  let run: SearchRun
  let journal: SearchJournal
  let collection: QueryCollection
  let cap: Int
  let yes: Bool
  let repeatsUncertain: Bool

  /// - Throws: ``CommandError`` if the batch must not begin.
  func ask() async throws {
    let console = Console.shared
    if journal.earlierAnswers > 0 {
      console.note(
        "imagesearch: \(count(journal.earlierAnswers, "answer")) of \(displayable(journal.path.text)) (begun \(oneLine(journal.begunAt))) are taken as they are"
          + (journal.wasFinished ? "; --again asks for all of them anew" : ""))
    }
    var most = 0
    var lines: [String] = []
    let left = max(0, cap - journal.paidCalls)
    for opened in run.services where opened.name.isPaid {
      let service = try opened.service.get()
      let open = collection.queries.filter { !journal.isSettled($0, opened.name, repeatsUncertain: repeatsUncertain) }
      let calls = open.reduce(0) { $0 + run.terms.mostPaidCalls($1, opened.name) }
      guard calls > 0 else { continue }
      most += calls
      lines.append(
        "\(count(open.count, "image")) at \(opened.name.owner): up to \(count(calls, "paid search", "paid searches")); "
          + (try await quota(service, opened.name, min(calls, left))))
    }
    guard most > 0 else { return }
    if left == 0 {
      throw CommandError(
        .account,
        "the cap of \(count(cap, "paid search", "paid searches")) (--max-paid) is reached: \(journal.paidCalls) were made for this batch. "
          + "Nothing was sent; run it again with a larger --max-paid")
    }
    for line in lines { if yes { console.note("imagesearch: \(line)") } else { console.say(line) } }
    let capped =
      most > left
      ? "At most \(count(left, "paid search", "paid searches")) of them now (--max-paid \(cap))"
      : "That is at most \(count(most, "paid search", "paid searches"))"
    if yes {
      console.note("imagesearch: \(capped.prefix(1).lowercased() + capped.dropFirst())")
      return
    }
    guard console.canAsk else {
      throw CommandError(
        .usage,
        "this costs up to \(count(min(most, left), "paid search", "paid searches")), and nobody is there to ask; add --yes"
      )
    }
    guard console.confirm("\(capped). Go on?") else { throw CommandError(.nothing, "nothing was sent") }
  }

  /// The service's quota in words.
  private func quota(_ service: any SearchService, _ name: ServiceName, _ needed: Int) async throws -> String {
    let unknown = "the service does not tell how many are left"
    guard service.capabilities.contains(.remainingSearches) else { return unknown }
    do {
      let quota = try await service.quota()
      guard quota.unit == .searches else { return unknown }
      guard let remaining = quota.remaining else { return "the service sets no limit" }
      guard remaining >= needed else {
        throw CommandError(
          .account,
          "\(name.rawValue) has \(count(remaining, "search", "searches")) left, and this batch may take \(grouped(needed)). Nothing was sent; "
            + (remaining > 0
              ? "--max-paid \(journal.paidCalls + remaining) takes what is there" : "see: imagesearch quota"))
      }
      return "\(count(remaining, "search", "searches")) left"
    } catch let error as ImageSearchError where error.code == .unsupported {
      return unknown
    }
  }
}
