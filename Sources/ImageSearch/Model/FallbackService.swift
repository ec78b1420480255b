import Synchronization

/// Several services in order: a search goes to the first that can make it, and to the next when that one is out of quota.
///
/// Only being out of quota leads on (``ImageSearchError/Code/noSearchesLeft``, ``ImageSearchError/Code/quotaExceeded``,
/// ``ImageSearchError/Code/spendingCapReached``): any other error is the caller's to see, and after anything that may have been
/// charged – the search, or a conversion before it – no other service is asked. A service that was out of quota is asked last for the next ten minutes, or as long as it said.
/// The pages of one image come from one service: page two of another would be pages of something else.
public final class FallbackService: SearchService {
  /// The names of the services, joined by `" or "`.
  public let name: String
  /// What any of the services can do of searching by URL, searching by upload and saying what is left.
  public let capabilities: Capabilities

  private struct State {
    /// When each service is asked in its own order again.
    var restsUntil: [Int: Double] = [:]
    /// Who answered the first page of an image, the latest last.
    var pages: [(image: Image, service: Int)] = []
  }

  /// An image as far as it can be told from others.
  private enum Image: Hashable {
    case url(String)
    case file(String)
    case bytes(count: Int, sha256: [UInt8])
  }

  private static let rest = 600.0
  /// No quota is renewed later than after a month.
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

  /// See ``SearchService/search(_:options:)``; ``SearchPage/service`` says who answered. The options' total timeout is for all services together.
  ///
  /// - Throws: what the service throws that was asked; when all are out of quota, the error of the first, naming the others.
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
        state.withLock { $0.restsUntil[index] = time.now + rest }
        refusals.append(error)
      }
    }
    throw Self.everybodyRefused(refusals)
  }

  /// What is left of the services' searches together; unlimited when one of them is. Services that do not tell are left out.
  ///
  /// - Throws: ``ImageSearchError/Code/unsupported`` when none tells; the error of a service that cannot be asked.
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

  /// The services in their order, those that rest at the end.
  private func order(_ able: [Int]) -> [Int] {
    let now = time.now
    let resting = state.withLock { state in able.filter { (state.restsUntil[$0] ?? 0) > now } }
    return able.filter { !resting.contains($0) } + resting
  }

  private func remember(_ image: Image, _ index: Int) {
    state.withLock { state in
      state.restsUntil[index] = nil
      state.pages.removeAll { $0.image == image }
      state.pages.append((image, index))
      if state.pages.count > Self.remembered { state.pages.removeFirst() }
    }
  }

  private static func isOutOfQuota(_ error: ImageSearchError) -> Bool {
    // Where something may have been charged, the next service would be a second price.
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
    case .url(let url): return .url(url)
    case .file(let path, _): return .file(path)
    case .fileBytes(let path, _): return .file(String(decoding: path, as: UTF8.self))
    case .bytes(let bytes, _):
      var hash = try Digest.HashContext(.sha256)
      try bytes.withUnsafeBytes { try hash.update($0) }
      return .bytes(count: bytes.count, sha256: try hash.finish())
    }
  }
}
