import FoundationEssentials
import Glibc
import ImageSearch
import TestSupport

/// Runs one call with every fault in turn, with its own double.
struct FaultLane: Sendable {
  /// Whether the fault lasts, or affects the first request only.
  enum Mode: Int, Sendable, CaseIterable {
    case once = 1
    case always = 0
  }

  struct Result: Sendable {
    var fault: Fault
    var mode: Mode
    var outcome: FaultOutcome
  }

  let call: FaultCall
  let witness: Witness
  /// Where the exchanges of lasting faults are recorded.
  let folder: Folder

  func run() async throws -> [Result] {
    let double = try await offPool { [call] in try ProviderDouble(call.double, settings: call.settings) }
    defer { double.stop() }
    var results: [Result] = []
    for fault in try Fault.all(double) {
      for mode in Mode.allCases {
        let step = "{\"fault\": \"\(fault.name)\", \"kind\": \"\(call.kind)\", \"count\": \(mode.rawValue)}"
        try await offPool {
          try double.reset()
          try double.script(step)
        }
        results.append(Result(fault: fault, mode: mode, outcome: try await attempt(fault, mode, double)))
      }
    }
    return results
  }

  private func attempt(_ fault: Fault, _ mode: Mode, _ double: ProviderDouble) async throws -> FaultOutcome {
    var configuration = configuration(fault)
    if mode == .always { configuration.recording = .record(folder: folder.path) }
    let deadline = configuration.totalTimeout.inSeconds
    let begun = Self.now
    var failure: ImageSearchError?
    var end = FaultOutcome.End.succeeded
    do {
      try await call.run(double, configuration)
    } catch let error as ImageSearchError {
      failure = error
      end = .failed(error.code)
      witness.note(error)
    } catch {
      end = .untyped("\(error)")
    }
    let seconds = Self.now - begun
    struct Paid: Decodable { var by_kind: [String: Int] }
    let (paid, requests) = try await offPool {
      (try JSONDecoder().decode(Paid.self, from: double.get("paid")).by_kind, try double.requests())
    }
    witness.note(signatures: requests.flatMap(SecretSearch.signatures))
    return FaultOutcome(
      end: end, error: failure, paid: paid, requests: requests.count { $0.kind == call.kind }, seconds: seconds,
      deadline: deadline)
  }

  /// Long where a response is expected, so that a busy machine does not fail the test; short where none comes.
  private func configuration(_ fault: Fault) -> ClientConfiguration {
    var configuration = ClientConfiguration()
    configuration.attemptTimeout = .seconds(fault.isSlow ? 0.8 : 15)
    configuration.totalTimeout = .seconds(fault.isSlow ? 1.5 : 30)
    configuration.limits = RequestLimits(concurrent: 4)
    configuration.retry = RetryPolicy(maximumAttempts: 2, baseDelay: .seconds(0.01))
    configuration.transport.maximumResponseBytes = 1 << 20
    configuration.logLevel = .debug
    configuration.logHandler = { [witness] event in witness.note(event) }
    return configuration
  }

  private static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
