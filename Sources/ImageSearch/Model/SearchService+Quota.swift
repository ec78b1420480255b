extension SearchService {
  /// Asks whether so many searches (or images to add) are left, before a batch of them begins.
  ///
  /// - Parameters:
  ///   - count: how many the batch needs, from 0; each page of a search is one.
  ///   - unit: what is counted.
  /// - Returns: what is left.
  /// - Throws: ``ImageSearchError/Code/noSearchesLeft`` (``ImageSearchError/Code/capacityReached`` for images) with both numbers
  ///   when fewer are left; ``ImageSearchError/Code/unsupported`` when the service does not tell or counts something else;
  ///   errors of the question itself.
  @discardableResult
  public func ensureQuota(
    for count: Int, of unit: Quota.Unit = .searches, options: CallOptions = .init()
  ) async throws -> Quota {
    guard count >= 0 else {
      throw ImageSearchError(.invalidArgument, "the batch has \(count) entries; it must have 0 or more", service: name)
    }
    let quota = try await remainingSearches(options: options)
    guard let remaining = quota.remaining else { return quota }
    guard quota.unit == unit else {
      throw unsupported(unit == .searches ? "say how many searches are left" : "say how many images may be added")
    }
    guard remaining >= count else {
      let things = unit == .searches ? "searches" : "images"
      throw ImageSearchError(
        unit == .searches ? .noSearchesLeft : .capacityReached,
        "the batch needs \(count) \(things) and \(remaining) are left; nothing was sent", service: name)
    }
    return quota
  }
}
