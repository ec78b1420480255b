/// Options of a list of searches.
public struct SearchBatch: Sendable, Hashable {
  /// Progress of a list.
  public struct Progress: Sendable, Hashable {
    /// Number of searches that have ended, successfully or not.
    public var done: Int
    /// Total number of searches.
    public var total: Int
    /// Number of searches that failed.
    public var failed: Int
    /// Number of paid calls that were or may have been charged for the list.
    public var paidCalls: Int
  }

  /// Maximum number of concurrent searches, 1–256; the client's limits also apply.
  public var concurrent: Int
  /// Maximum number of paid calls for the whole list: beyond it, the rest fails with
  /// ``ImageSearchError/Code/spendingCapReached`` and is not sent. `nil` for no cap.
  public var maximumPaidCalls: Int?

  /// Options of a list.
  public init(concurrent: Int = 4, maximumPaidCalls: Int? = nil) {
    self.concurrent = concurrent
    self.maximumPaidCalls = maximumPaidCalls
  }
}

extension SearchService {
  /// Searches for each of a list of images.
  ///
  /// Results that were paid for are never lost: a call that is cancelled or exceeds its timeout returns what it has,
  /// and the rest has that error. An error that every further search would meet (a wrong key, a quota that is used up,
  /// no connection to the provider …) ends the list: the rest has the same error and is not sent.
  ///
  /// - Parameters:
  ///   - batch: concurrency, and the cap on paid calls.
  ///   - options: time limits of each search; a total timeout applies to the whole list.
  ///   - progress: called after each search, never concurrently.
  ///   - requests: the searches.
  /// - Returns: a page or an error for each request, in the order of the list.
  /// - Throws: ``ImageSearchError/Code/invalidArgument``.
  public func searchMany(
    _ requests: [SearchRequest], batch: SearchBatch = .init(), options: CallOptions = .init(),
    progress: (@Sendable (SearchBatch.Progress) -> Void)? = nil
  ) async throws -> [Result<SearchPage, ImageSearchError>] {
    try Validation.range("concurrent searches", batch.concurrent, 1...256)
    if let cap = batch.maximumPaidCalls { try Validation.range("maximum paid calls", cap, 0...Int.max) }
    var options = options
    if let timeout = options.totalTimeout {
      try Validation.range("total timeout in seconds", timeout.inSeconds, 0.001...Duration.tenYears)
      options = options.begun(Deadline.after(timeout))
    }
    let cap = PaidCallCap(batch.maximumPaidCalls, of: "list")
    options.cap = cap
    var run = SearchManyRun(count: requests.count, hasDeadline: options.deadline != nil)
    await withTaskGroup(of: (Int, Result<SearchPage, ImageSearchError>).self) { group in
      var next = 0
      func start() {
        guard next < requests.count, run.stop == nil, !Task.isCancelled else { return }
        let (index, request, options) = (next, requests[next], options)
        next += 1
        group.addTask { (index, await self.result(of: request, options)) }
      }
      for _ in 0..<min(batch.concurrent, requests.count) { start() }
      while let (index, result) = await group.next() {
        run.end(index, result)
        progress?(run.progress(paidCalls: cap.count))
        start()
      }
    }
    return run.results(isCancelled: Task.isCancelled, service: name)
  }

  private func result(of request: SearchRequest, _ options: CallOptions) async -> Result<SearchPage, ImageSearchError> {
    do { return .success(try await search(request, options: options)) } catch let error as ImageSearchError {
      return .failure(error)
    } catch {
      let code: ImageSearchError.Code = error is CancellationError ? .cancelled : .internalFailure
      return .failure(ImageSearchError(code, "\(type(of: error))", service: name))
    }
  }
}

/// The state of a list of searches.
private struct SearchManyRun {
  private var known: [Result<SearchPage, ImageSearchError>?]
  private var done = 0
  private var failed = 0
  /// The error because of which nothing more is sent, if any.
  private(set) var stop: ImageSearchError?
  /// Whether the time is that of the whole list. Otherwise each search has its own.
  private let hasDeadline: Bool

  init(count: Int, hasDeadline: Bool) {
    known = Array(repeating: nil, count: count)
    self.hasDeadline = hasDeadline
  }

  mutating func end(_ index: Int, _ result: Result<SearchPage, ImageSearchError>) {
    known[index] = result
    done += 1
    guard case .failure(let error) = result else { return }
    failed += 1
    if stop == nil, Self.concernsAll.contains(error.code), hasDeadline || error.code != .deadlineExceeded {
      stop = error
    }
  }

  func progress(paidCalls: Int) -> SearchBatch.Progress {
    .init(done: done, total: known.count, failed: failed, paidCalls: paidCalls)
  }

  func results(isCancelled: Bool, service: String) -> [Result<SearchPage, ImageSearchError>] {
    var unsent =
      stop
      ?? ImageSearchError(
        isCancelled ? .cancelled : .internalFailure, "the list ended before this search began", service: service)
    unsent.attempts = 0
    unsent.mayHaveBeenCharged = false
    return known.map { $0 ?? .failure(unsent) }
  }

  /// Errors of the account, the provider or the caller, as opposed to one image.
  private static let concernsAll: Set<ImageSearchError.Code> = [
    .cancelled, .closed, .deadlineExceeded, .unauthorized, .authenticationMethodRemoved, .signatureRejected, .clockSkew,
    .noSearchesLeft, .quotaExceeded, .permissionDenied, .spendingCapReached, .instanceUnavailable, .wrongEndpoint,
    .hostNotFound, .tlsFailed, .proxyFailed, .redirectRefused, .indexUnavailable, .indexCorrupt, .indexVersionMismatch,
  ]
}
