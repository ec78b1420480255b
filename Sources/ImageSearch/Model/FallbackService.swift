import Synchronization

/// Several services in order: a search goes to the first that supports it, and to the next when that one is out of
/// quota.
///
/// Only being out of quota leads to the next service (``ImageSearchError/Code/noSearchesLeft``,
/// ``ImageSearchError/Code/quotaExceeded``, ``ImageSearchError/Code/spendingCapReached``): any other error is thrown,
/// and once anything may have been charged – the search, or a conversion before it – no other service is asked. A
/// service that was out of quota is tried last for the next ten minutes, or for as long as it said. All pages of one
/// image come from one service: page two of another service would not continue page one.
public final class FallbackService: SearchService {
  /// The names of the services, joined by `" or "`.
  public let name: String
  /// Those of search by URL, search by upload and quota that any of the services supports.
  public let capabilities: Capabilities

  private struct State {
    /// The time from which each service is tried in its own place again.
    var pausedUntil: [Int: Double] = [:]
    /// The service that returned the first page of an image, the latest last.
    var pages: [(image: Image, service: Int)] = []
  }

  /// The identity of an image.
  private enum Image: Hashable {
    case url([UInt8])
    case file([UInt8])
    case bytes(count: Int, sha256: [UInt8])
  }

  private static let rest = 600.0
  /// Every quota is renewed within a month.
  private static let longestRest = 31 * 86_400.0
  private static let remembered = 1024

  private let services: [any SearchService]
  private let time: any TimeSource
  private let state = Mutex(State())

  /// - Parameter services: at least one, the preferred one first; they are closed with this one.
  /// - Throws: ``ImageSearchError/Code/invalidArgument`` when there is none.
  public convenience init(_ services: [any SearchService]) throws { try self.init(services, time: SystemTime()) }

  package init(_ services: [any SearchService], time: any TimeSource) throws {
    guard !services.isEmpty else { throw ImageSearchError(.invalidArgument, "a fallback needs at least one service") }
    self.services = services
    self.time = time
    name = services.map(\.name).joined(separator: " or ")
    let all = services.reduce(into: Capabilities()) { $0.formUnion($1.capabilities) }
    capabilities = all.intersection([.searchByURL, .searchByUpload, .remainingSearches, .quota])
  }

  /// See ``SearchService/search(_:options:)``; ``SearchPage/service`` is the service that responded. The options' total
  /// timeout applies to all services together.
  ///
  /// - Throws: the error of the service that was asked; when all are out of quota, the error of the first, naming the
  ///   others.
  public func search(_ request: SearchRequest, options: CallOptions) async throws -> SearchPage {
    var options = options
    if let timeout = options.totalTimeout {
      try Validation.timeout("total timeout", timeout)
      options = options.begun(Deadline.after(timeout, time))
    }
    let needed: Capabilities = request.image.url == nil ? .searchByUpload : .searchByURL
    let able = services.indices.filter { services[$0].capabilities.contains(needed) }
    guard !able.isEmpty else {
      throw unsupported(needed == .searchByURL ? "search by URL" : "search by upload")
    }
    let image = try Self.image(request.image)
    if request.offset > 0, let one = state.withLock({ $0.pages.last { $0.image == image }?.service }) {
      return try await services[one].search(request, options: options)
    }
    var refusals: [ImageSearchError] = []
    for index in order(able) {
      do {
        let page = try await services[index].search(request, options: options)
        remember(image, index)
        return page
      } catch let error as ImageSearchError where Self.isOutOfQuota(error) {
        let rest = min(max(0, error.retryAfter?.inSeconds ?? Self.rest), Self.longestRest)
        state.withLock { $0.pausedUntil[index] = time.now + rest }
        refusals.append(error)
      }
    }
    throw Self.everybodyRefused(refusals)
  }

  /// Returns the sum of the searches that are left; unlimited if one service is. Services that do not say are left out.
  ///
  /// - Throws: ``ImageSearchError/Code/unsupported`` when no service says; the error of a service whose quota call
  ///   fails.
  public func quota(options: CallOptions) async throws -> Quota {
    var sum = Quota(unit: .searches, remaining: 0)
    var count = 0
    for service in services where service.capabilities.contains(.remainingSearches) {
      let quota = try await service.quota(options: options)
      guard quota.unit == .searches else { continue }
      count += 1
      sum.bundles += quota.bundles
      guard let left = quota.remaining else {
        sum.remaining = nil
        continue
      }
      sum.remaining = sum.remaining.map {
        let (total, overflow) = $0.addingReportingOverflow(left)
        return overflow ? .max : total
      }
    }
    guard count > 0 else { throw unsupported("say what is left") }
    return sum
  }

  /// Closes every service.
  public func close() { for service in services { service.close() } }

  // MARK: -

  /// Returns the services in order, those that were out of quota last.
  private func order(_ able: [Int]) -> [Int] {
    let now = time.now
    let resting = state.withLock { state in able.filter { (state.pausedUntil[$0] ?? 0) > now } }
    return able.filter { !resting.contains($0) } + resting
  }

  private func remember(_ image: Image, _ index: Int) {
    state.withLock { state in
      state.pausedUntil[index] = nil
      state.pages.removeAll { $0.image == image }
      state.pages.append((image, index))
      if state.pages.count > Self.remembered { state.pages.removeFirst() }
    }
  }

  private static func isOutOfQuota(_ error: ImageSearchError) -> Bool {
    // If something may have been charged, asking the next service could cost a second time.
    !error.mayHaveBeenCharged && [.noSearchesLeft, .quotaExceeded, .spendingCapReached].contains(error.code)
  }

  private static func everybodyRefused(_ refusals: [ImageSearchError]) -> ImageSearchError {
    guard var error = refusals.first else { return ImageSearchError(.internalFailure, "no service was asked") }
    let others = refusals.dropFirst().map { "\($0.service): \($0.message)" }
    if !others.isEmpty { error.message += "; " + others.joined(separator: "; ") }
    return error
  }

  private static func image(_ source: ImageSource) throws -> Image {
    switch source.storage {
    case .url(let url): return .url(Array(url.utf8))
    case .file(let path, _): return .file(path)
    case .bytes(let bytes, _):
      var hash = try Digest.HashContext(.sha256)
      try bytes.withUnsafeBytes { try hash.update($0) }
      return .bytes(count: bytes.count, sha256: try hash.finish())
    }
  }
}
