/// Internals of this library that only the command uses.
@_spi(Command) public enum CommandSupport {
  /// SHA-256 in lower-case hex.
  public static func sha256(_ bytes: [UInt8]) throws -> String { Hex.encode(try Digest.sha256.hash(bytes)) }

  /// Returns the known name closest to another: equal except for case and separators, or at most two edits away.
  public static func nearest(to name: String, among known: [String]) -> String? {
    Validation.nearest(to: name, among: known)
  }

  /// Starts a program's work on the library's own threads, where its child tasks and its waits then run as well.
  ///
  /// libdispatch, on whose threads Swift runs tasks otherwise, ends the process when it cannot open `/proc/PID/stat` of one of
  /// them: in a container or a chroot without `/proc`, or with no descriptor left.
  ///
  /// - Throws: ``ImageSearchError/Code/outOfMemory`` when no thread can be created.
  public static func start(_ work: @escaping @Sendable () async -> Void) throws -> Task<Void, Never> {
    let executor = try CallThreads.executor()
    return Task.detached(executorPreference: executor) {
      await CurrentCall.$executor.withValue(executor, operation: work)
    }
  }

  /// Waits on these threads; ends early with `CancellationError` when the task is cancelled.
  public static func sleep(_ time: Duration) async throws { try await SystemTime().sleep(time) }
}
