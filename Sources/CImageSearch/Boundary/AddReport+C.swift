import CImageSearchHeader
import ImageSearch

extension AddReport.Outcome {
  /// The number in the header.
  var number: Int32 {
    let value =
      switch self {
      case .added: IMAGESEARCH_ADDED
      case .replaced: IMAGESEARCH_REPLACED
      case .unchanged: IMAGESEARCH_UNCHANGED
      case .failed: IMAGESEARCH_FAILED
      }
    return Int32(value)
  }

  var error: ImageSearchError? {
    if case .failed(let error) = self { error } else { nil }
  }
}
