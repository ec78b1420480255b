import CImageSearchHeader
import ImageSearch
import Synchronization

/// Reports the progress of one call to a C program, on the thread that polls it: a service only stores its progress
/// here.
final class ProgressNotifier: Sendable {
  /// Progress of a batch.
  struct BatchStep: Sendable {
    var done: Int64 = 0
    var total: Int64 = 0
    var failed: Int64 = 0
    var perSecond = 0.0
    var secondsLeft = Double.nan
  }

  private struct News {
    /// The latest progress of each request, in the order in which they began; never empty once a request has begun.
    var transfers: [TransferProgress] = []
    /// Number of them that were reported in their present state.
    var toldCount = 0
    var batch = BatchStep()
  }

  private let news = Mutex(News())
  private let service: String
  private let transfer: imagesearch_transfer_callback?
  private let batch: imagesearch_batch_callback?
  private nonisolated(unsafe) let transferData: UnsafeMutableRawPointer?
  private nonisolated(unsafe) let batchData: UnsafeMutableRawPointer?

  /// - Parameter service: the name of the client's service.
  /// - Returns: `nil` when there is no callback.
  init?(
    service: String, transfer: imagesearch_transfer_callback?, _ transferData: UnsafeMutableRawPointer?,
    batch: imagesearch_batch_callback?, _ batchData: UnsafeMutableRawPointer?
  ) {
    guard transfer != nil || batch != nil else { return nil }
    self.service = service
    self.transfer = transfer
    self.transferData = transferData
    self.batch = batch
    self.batchData = batchData
  }

  /// The handler that a service calls.
  var transferHandler: ProgressHandler? {
    guard transfer != nil else { return nil }
    return { [self] progress in note(progress) }
  }

  /// Whether the progress of a batch is needed.
  var followsBatch: Bool { batch != nil }

  func note(_ step: BatchStep) { news.withLock { $0.batch = step } }

  private func note(_ progress: TransferProgress) {
    news.withLock { news in
      // Progress of one attempt is replaced by later progress until it has been reported.
      if let index = news.transfers.indices.dropFirst(news.toldCount).first(where: {
        news.transfers[$0].operation == progress.operation && news.transfers[$0].attempt == progress.attempt
      }) {
        news.transfers[index] = progress
      } else {
        news.transfers.append(progress)
      }
    }
  }

  /// Calls the callbacks with new progress, or again with the latest.
  ///
  /// - Returns: whether the call should continue.
  func notify() -> Bool {
    let (transfers, step) = news.withLock { news in
      let new = Array(news.transfers.dropFirst(news.toldCount))
      let told = new.isEmpty ? news.transfers.suffix(1) : new[...]
      news.transfers = Array(told.suffix(1))
      news.toldCount = news.transfers.count
      return (Array(told), news.batch)
    }
    var goesOn = true
    if let transfer {
      if transfers.isEmpty, !notify(nil, transfer) { goesOn = false }
      for progress in transfers where !notify(progress, transfer) { goesOn = false }
    }
    if let batch {
      var progress = imagesearch_batch_progress(
        struct_size: MemoryLayout<imagesearch_batch_progress>.size, done: step.done, total: step.total,
        failed: step.failed, per_second: step.perSecond, seconds_left: step.secondsLeft)
      if batch(&progress, batchData) != 0 { goesOn = false }
    }
    return goesOn
  }

  private func notify(_ progress: TransferProgress?, _ callback: imagesearch_transfer_callback) -> Bool {
    (progress?.service ?? service).withCString { service in
      (progress?.operation ?? "").withCString { operation in
        var transfer = imagesearch_transfer_progress(
          struct_size: MemoryLayout<imagesearch_transfer_progress>.size, service: service, operation: operation,
          attempt: Int32(clamping: progress?.attempt ?? 0), reserved: 0, sent_bytes: Int64(progress?.sentBytes ?? 0),
          bytes_to_send: Int64(progress?.bytesToSend ?? 0), received_bytes: Int64(progress?.receivedBytes ?? 0),
          bytes_to_receive: Int64(progress?.bytesToReceive ?? -1))
        return callback(&transfer, transferData) == 0
      }
    }
  }
}
