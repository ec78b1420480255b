import Synchronization

/// The images of an add call and what became of each.
final class AlibabaCloudAddRun: Sendable {
  /// One image to add.
  struct Job: Sendable {
    let index: Int
    /// Images of one ``ImageItem`` have the same category, text and parameters.
    let itemIndex: Int
    let item: ImageItem
    let image: ImageItem.Image
  }

  private struct State {
    var outcomes: [(outcome: AddReport.Outcome, warning: String?)?]
    var stop: ImageSearchError?
  }

  private let jobs: [Job]
  private let state: Mutex<State>

  /// - Throws: ``ImageSearchError/Code/invalidArgument`` for an item without images.
  init(_ items: [ImageItem]) throws {
    var jobs: [Job] = []
    for (itemIndex, item) in items.enumerated() {
      guard !item.images.isEmpty else {
        throw ImageSearchError(
          .invalidArgument, "the item \"\(item.itemID)\" has no image; it must have at least one")
      }
      for image in item.images {
        jobs.append(Job(index: jobs.count, itemIndex: itemIndex, item: item, image: image))
      }
    }
    self.jobs = jobs
    state = Mutex(State(outcomes: Array(repeating: nil, count: jobs.count)))
  }

  /// The images by item id. Those of one item are added one after the other, so that of two of the same name the later stays.
  var groups: [[Job]] {
    var order: [String] = []
    var groups: [String: [Job]] = [:]
    for job in jobs {
      if groups[job.item.itemID] == nil { order.append(job.item.itemID) }
      groups[job.item.itemID, default: []].append(job)
    }
    return order.compactMap { groups[$0] }
  }

  /// Why nothing more is sent, if so.
  var stop: ImageSearchError? { state.withLock { $0.stop } }

  func added(_ job: Job, warning: String?) {
    state.withLock { $0.outcomes[job.index] = (.added, warning) }
  }

  func failed(_ job: Job, _ error: ImageSearchError) {
    state.withLock { state in
      state.outcomes[job.index] = (.failed(error), nil)
      if state.stop == nil, Self.concernsAll(error) { state.stop = error }
    }
  }

  /// - Throws: what stopped the run, when no image was added and none failed for another reason.
  func report() throws -> AddReport {
    let state = state.withLock { $0 }
    if let stop = state.stop {
      let isAlone = state.outcomes.allSatisfy { entry in
        guard let entry else { return true }
        if case .failed(let error) = entry.outcome { return error.code == stop.code }
        return false
      }
      if isAlone { throw stop }
    }
    var unsent = state.stop ?? ImageSearchError(.internalFailure, "the image was not tried")
    unsent.attempts = 0
    return AddReport(
      entries: jobs.map { job in
        let known = state.outcomes[job.index]
        return AddReport.Entry(
          itemID: job.item.itemID, imageName: job.image.name, outcome: known?.outcome ?? .failed(unsent),
          warning: known?.warning)
      })
  }

  /// Whether the next image would fail for the same reason: it is the account's or the caller's, not the image's
  /// (docs/sources/alibaba-image-search.md, section 7, "S stop the run").
  static func concernsAll(_ error: ImageSearchError) -> Bool {
    let codes: Set<ImageSearchError.Code> = [
      .unauthorized, .signatureRejected, .clockSkew, .permissionDenied, .capacityReached, .instanceUnavailable,
      .wrongEndpoint, .closed, .cancelled,
    ]
    return codes.contains(error.code)
  }
}
