import CImageSearchHeader
import ImageSearch

/// Behind `imagesearch_error`.
final class ErrorHandle: Handle {
  let fields: imagesearch_error_fields
  private let arena = Arena()

  init(_ error: ImageSearchError) {
    let arena = arena
    // Reporting that memory is exhausted must not fail.
    func text(_ text: String?) -> UnsafePointer<CChar>? { (try? arena.add(text)) ?? nil }
    fields = imagesearch_error_fields(
      struct_size: MemoryLayout<imagesearch_error_fields>.size, status: error.code.rawValue,
      http_status: Int32(clamping: error.httpStatus ?? 0), attempts: Int32(clamping: error.attempts),
      may_have_been_charged: error.mayHaveBeenCharged ? 1 : 0, retry_after: error.retryAfter?.inSeconds ?? .nan,
      message: text(error.message), service: text(error.service), provider_code: text(error.providerCode),
      provider_message: text(error.providerMessage), request_id: text(error.requestID))
  }

  static var unknown: imagesearch_error_fields {
    var fields = imagesearch_error_fields()
    fields.retry_after = .nan
    return fields
  }
}

/// Behind `imagesearch_quota`.
final class QuotaHandle: Handle {
  let fields: imagesearch_quota_fields
  private let arena = Arena()

  /// - Throws: ``ImageSearchError/Code/outOfMemory``.
  init(_ quota: Quota) throws {
    let arena = arena
    let bundles = try quota.bundles.map { bundle in
      imagesearch_quota_bundle(
        remaining: Int64(bundle.remaining ?? -1), start: try arena.add(bundle.start), end: try arena.add(bundle.end))
    }
    fields = imagesearch_quota_fields(
      struct_size: MemoryLayout<imagesearch_quota_fields>.size, remaining: Int64(quota.remaining ?? -1),
      unit: Int32(quota.unit == .images ? IMAGESEARCH_UNIT_IMAGES : IMAGESEARCH_UNIT_SEARCHES), reserved: 0,
      per_second: quota.perSecond ?? .nan, bundles: try arena.add(bundles), bundle_count: bundles.count)
  }

  static var unknown: imagesearch_quota_fields {
    var fields = imagesearch_quota_fields()
    fields.remaining = -1
    fields.per_second = .nan
    return fields
  }
}

/// Behind `imagesearch_add_report`.
final class AddReportHandle: Handle {
  let failedCount: Int
  let skippedCount: Int
  let prunedCount: Int
  let entries: [imagesearch_add_entry]
  /// Owned here, and borrowed by the entries.
  private let errors: [ErrorHandle]
  private let arena = Arena()

  /// - Throws: ``ImageSearchError/Code/outOfMemory``.
  init(_ report: AddReport) throws {
    let arena = arena
    var errors: [ErrorHandle] = []
    entries = try report.entries.map { entry in
      let error = entry.error.map(ErrorHandle.init)
      if let error { errors.append(error) }
      return imagesearch_add_entry(
        struct_size: MemoryLayout<imagesearch_add_entry>.size, outcome: Self.number(entry.outcome), reserved: 0,
        item_id: try arena.add(entry.itemID), image_name: try arena.add(entry.imageName),
        warning: try arena.add(entry.warning), error: error?.borrowed())
    }
    self.errors = errors
    failedCount = errors.count
    skippedCount = report.skippedCount
    prunedCount = report.prunedCount
  }

  private static func number(_ outcome: AddReport.Outcome) -> imagesearch_outcome {
    let value =
      switch outcome {
      case .added: IMAGESEARCH_OUTCOME_ADDED
      case .replaced: IMAGESEARCH_OUTCOME_REPLACED
      case .unchanged: IMAGESEARCH_OUTCOME_UNCHANGED
      case .failed: IMAGESEARCH_OUTCOME_FAILED
      }
    return Int32(value)
  }
}

/// Behind `imagesearch_results`.
final class ResultsHandle: Handle {
  let results: [(page: PageHandle?, error: ErrorHandle?)]
  let failedCount: Int

  /// - Throws: ``ImageSearchError/Code/outOfMemory``.
  init(_ results: [Result<SearchPage, ImageSearchError>]) throws {
    self.results = try results.map { result in
      switch result {
      case .success(let page): (try PageHandle(page), nil)
      case .failure(let error): (nil, ErrorHandle(error))
      }
    }
    failedCount = self.results.count { $0.error != nil }
  }
}
