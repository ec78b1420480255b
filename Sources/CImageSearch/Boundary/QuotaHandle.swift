import ImageSearch

/// Behind `imagesearch_quota`.
final class QuotaHandle: Handle {
  let quota: Quota
  let bundles: [(remaining: Int?, start: UnsafePointer<CChar>?, end: UnsafePointer<CChar>?)]
  private let arena = TextArena()

  init(_ quota: Quota) {
    let arena = arena
    self.quota = quota
    bundles = quota.bundles.map { ($0.remaining, arena.add($0.start), arena.add($0.end)) }
  }
}
