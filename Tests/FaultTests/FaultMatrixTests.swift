import ImageSearch
import TestSupport
import Testing

/// Each fault × each call of each service: a typed error or a response, in time, and never paid for twice.
@Suite struct FaultMatrixTests {
  @Test func everyFaultInEveryCall() async throws {
    let witness = Witness()
    let folder = try Folder()
    defer { folder.remove() }
    let lanes = try await withThrowingTaskGroup(of: (Int, [FaultLane.Result]).self) { group in
      for (column, call) in FaultCall.all.enumerated() {
        group.addTask { (column, try await FaultLane(call: call, witness: witness, folder: folder).run()) }
      }
      return try await group.reduce(into: [Int: [FaultLane.Result]]()) { $0[$1.0] = $1.1 }
    }
    var table = FaultTable()
    for (column, call) in FaultCall.all.enumerated() {
      let results = try #require(lanes[column])
      #expect(results.count >= 2 * 46)
      for result in results { check(result, of: call) }
      table.add(call, results)
    }
    print(table.text)
    #expect(try folder.names().count > 46 * FaultCall.all.count)
    #expect(witness.signatures.count > 500)
    for text in [witness.everything, try folder.text()] {
      checkSecrets(text)
      #expect(SecretSearch.places(of: witness.signatures, in: text) == [])
    }
    // The search finds the image.
    for signature in witness.signatures.prefix(3) {
      #expect(SecretSearch.places(of: witness.signatures, in: "sign=%2F\(signature)&a, \(signature)").count == 2)
    }
  }

  private func check(_ result: FaultLane.Result, of call: FaultCall) {
    let outcome = result.outcome
    let place: Comment = "\(result.fault.name), \(result.mode), \(call.name): \(outcome)"
    let allowed = result.fault.allowed(for: call)
    #expect(!allowed.isEmpty, "\(result.fault.name) needs its line in the table")
    // A transient fault of an uncharged request is retried.
    let passes: Set<FaultOutcome.End> = [.failed(.connectionLost), .failed(.providerError)]
    if result.mode == .once, !call.isPaid, passes.isSuperset(of: allowed) {
      #expect(outcome.end == .succeeded, place)
    } else {
      #expect(allowed.contains(outcome.end) || (result.mode == .once && outcome.end == .succeeded), place)
    }
    // The machine may be slow to schedule this thread.
    #expect(outcome.seconds < outcome.deadline + 3, place)
    guard call.isPaid else { return }
    for paid in outcome.paid.values { #expect(paid <= 1, place) }
    let isCharged = outcome.paid[call.kind] == 1
    if let error = outcome.error {
      // The caller must be told of a possible charge.
      #expect(!isCharged || error.mayHaveBeenCharged, place)
      #expect(error.attempts >= 1, place)
    } else {
      #expect(isCharged, place)
    }
    // The provider received the whole request, so it is not sent again.
    if result.fault.isReal { #expect(outcome.requests == 1, place) }
    if result.fault.name.hasPrefix("redirect") { #expect(outcome.requests == 1, place) }
  }

  private func checkSecrets(_ text: String) {
    #expect(text.utf8.count > 10_000)
    for secret in Set(FaultCall.all.flatMap(\.secrets)) {
      for leak in SecretSearch.leaks(of: secret, in: text) { Issue.record("\(leak) shows") }
    }
  }
}
