import ImageSearch

/// The error of a call; `nil` when it succeeded, or failed with an error of another type, which no call may throw.
func thrown<Value>(_ call: () async throws -> Value) async -> ImageSearchError? {
  do {
    _ = try await call()
    return nil
  } catch {
    return error as? ImageSearchError
  }
}
