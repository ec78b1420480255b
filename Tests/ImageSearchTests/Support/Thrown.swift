import ImageSearch

/// The failure of a call; `nil` when it did not fail, or with something that no caller should ever see.
func thrown<Value>(_ call: () async throws -> Value) async -> ImageSearchError? {
  do {
    _ = try await call()
    return nil
  } catch {
    return error as? ImageSearchError
  }
}
