import ImageSearch

/// Behind `imagesearch_add_report`.
final class AddReportHandle: Handle {
  struct Entry {
    let itemID: UnsafePointer<CChar>?
    let imageName: UnsafePointer<CChar>?
    let warning: UnsafePointer<CChar>?
    let outcome: Int32
    let error: ErrorHandle?
  }

  let failed: Int
  let entries: [Entry]
  private let arena = TextArena()

  init(_ report: AddReport) {
    let arena = arena
    failed = report.failedCount
    entries = report.entries.map { entry in
      Entry(
        itemID: arena.add(entry.itemID), imageName: arena.add(entry.imageName), warning: arena.add(entry.warning),
        outcome: entry.outcome.number, error: entry.outcome.error.map(ErrorHandle.init))
    }
  }
}
