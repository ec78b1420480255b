import CImageSearchHeader
import ImageSearch
import Synchronization

/// Behind `imagesearch_operation`: a call that runs in the background.
final class OperationHandle: Handle, Sendable {
  enum Value: Sendable {
    case page(SearchPage)
    case report(AddReport)
    case quota(Quota)
    case count(Int64)
    case bytes([UInt8])
  }

  private struct State {
    var task: Task<Void, Never>?
    var isCancelled = false
    var isTaken = false
  }

  private let state = Mutex(State())
  private let ended = Completion<Result<Value, ImageSearchError>>()

  /// - Parameters:
  ///   - completion: called at the end, before anybody who waits goes on.
  ///   - userData: passed to it.
  func start(
    _ completion: imagesearch_completion?, _ userData: UnsafeMutableRawPointer?,
    _ body: @escaping @Sendable () async throws -> Value
  ) {
    nonisolated(unsafe) let userData = userData
    // The task holds the operation until its end, so that freeing the handle early leaves nothing dangling.
    let task = Task.detached { [self] in
      var result: Result<Value, ImageSearchError>
      do {
        result = .success(try await body())
      } catch {
        result = .failure(error as? ImageSearchError ?? ImageSearchError(.internalFailure, "\(type(of: error))"))
      }
      outcome.withLock { $0 = result }
      completion?(borrowed(), userData)
      ended.finish(result)
    }
    state.withLock { state in
      state.task = task
      if state.isCancelled { task.cancel() }
    }
  }

  // Known before the completion is called, which may take the result.
  private let outcome = Mutex<Result<Value, ImageSearchError>?>(nil)

  func cancel() {
    state.withLock { state in
      state.isCancelled = true
      state.task?.cancel()
    }
  }

  /// - Returns: whether it has ended.
  func wait(seconds: Double) -> Bool { ended.wait(seconds: seconds) != nil }

  /// The result, once; a call of another kind leaves it where it is.
  ///
  /// - Parameter pick: the part of a result of the right kind.
  func take<Taken>(_ pick: (Value) -> Taken?) throws -> Taken {
    guard let result = outcome.withLock({ $0 }) else {
      throw ImageSearchError(.invalidArgument, "the operation still runs")
    }
    guard let taken = pick(try result.get()) else {
      throw ImageSearchError(.invalidArgument, "the operation was a call of another kind")
    }
    let isFirst = state.withLock { state in
      defer { state.isTaken = true }
      return !state.isTaken
    }
    guard isFirst else { throw ImageSearchError(.invalidArgument, "the result of the operation was taken already") }
    return taken
  }
}
