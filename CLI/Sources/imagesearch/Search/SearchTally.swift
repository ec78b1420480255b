/// The outcome of a search, for the last line and the exit code.
struct SearchTally {
  let total: Int
  private var queries = 0
  private var withMatches = 0
  private var answered = 0
  private var uncertain = 0
  private var exits: Set<Exit> = []
  var failed = 0

  init(total: Int) { self.total = total }

  mutating func add(_ answers: [Answer]) {
    queries += 1
    if answers.contains(where: { !$0.matches.isEmpty }) { withMatches += 1 }
    if answers.contains(where: { $0.failure != nil }) { failed += 1 }
    for answer in answers {
      if let failure = answer.failure {
        exits.insert(failure.exit)
        if failure.mayHaveBeenCharged { uncertain += 1 }
      } else {
        answered += 1
      }
    }
  }

  /// Whether another run would have nothing left to do.
  var isComplete: Bool { queries == total && exits.isDisjoint(with: [.account, .service, .index, .system]) }

  var exit: Exit {
    if failed > 0 || !exits.isEmpty {
      if answered == 0, exits.count == 1, let only = exits.first { return only }
      return .partly
    }
    return withMatches > 0 ? .found : .nothing
  }

  func summary(paid: Int, names: [ServiceName], journal: SearchJournal) -> String {
    var parts = ["\(count(queries, "image")) searched, \(grouped(withMatches)) with matches"]
    if failed > 0 { parts.append("\(grouped(failed)) failed") }
    if names.contains(where: \.isPaid) { parts.append(count(paid, "paid search", "paid searches")) }
    var text = "imagesearch: " + parts.joined(separator: ", ")
    if uncertain > 0 {
      text += "; \(grouped(uncertain)) may have been charged without an answer (--repeat-uncertain asks again)"
    }
    if failed > 0 || names.contains(where: \.isPaid) { text += "; journal: \(displayable(journal.path.text))" }
    return text
  }
}
