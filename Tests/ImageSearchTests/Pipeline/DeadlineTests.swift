import Testing

@testable import ImageSearch

/// One conversion from external numbers to times, and one deadline per call.
@Suite struct DeadlineTests {
  @Test(arguments: [
    Double.nan, .infinity, -.infinity, 1e300, -1e300, -0.001, Duration.tenYears + 1, .greatestFiniteMagnitude,
  ]) func whatIsNoTimeIsRefused(_ seconds: Double) {
    let error = Result { try Duration(checkedSeconds: seconds, "wait") }
    guard case .failure(let told as ImageSearchError) = error else {
      Issue.record("\(seconds) was taken")
      return
    }
    #expect(told.code == .invalidArgument)
    #expect(told.message.hasPrefix("wait in seconds is"))
  }

  @Test(arguments: [0, 0.001, 1.5, 86_400, Duration.tenYears]) func whatIsATimeIsTaken(_ seconds: Double) throws {
    let time = try Duration(checkedSeconds: seconds, "wait")
    #expect(abs(time.inSeconds - seconds) < 1e-6)
    #expect(throws: ImageSearchError.self) { try Duration(checkedSeconds: seconds, "wait", in: 90_000...91_000) }
  }

  @Test func aDeadlineIsMadeOnce() throws {
    let time = InstantTime()
    let options = try CallOptions(totalTimeout: .seconds(10)).begun(.seconds(180), time)
    time.advance(4)
    let again = try options.begun(.seconds(180), time).begun(Deadline.after(.seconds(1), time))
    #expect(again.deadline?.remaining == .seconds(6))
    #expect(again.account === options.account)
    time.advance(6)
    #expect(again.deadline?.hasPassed == true)
    #expect(again.deadline?.remaining == .zero)
    #expect(throws: ImageSearchError.self) { try again.deadline?.check() }
    #expect(Deadline.never.remaining.inSeconds == Duration.tenYears)
    try Deadline.never.check()
  }

  @Test func timesOfAConfigurationAreChecked() {
    for seconds in [0, -1, 86_401, Int64.min, .max] {
      var configuration = ClientConfiguration()
      configuration.totalTimeout = .seconds(seconds)
      #expect(throws: ImageSearchError.self) { try configuration.validate() }
    }
  }
}
