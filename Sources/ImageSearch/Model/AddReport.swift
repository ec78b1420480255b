/// What became of the images of an add call, one entry an image in the order they were given.
public struct AddReport: Sendable {
  /// What became of one image.
  public struct Entry: Sendable {
    /// The item.
    public var itemID: String
    /// The image.
    public var imageName: String
    /// What became of it.
    public var outcome: Outcome
    /// What the caller should know although it worked, for instance that only the first frame was taken.
    public var warning: String?

    /// An entry.
    public init(itemID: String, imageName: String, outcome: Outcome, warning: String? = nil) {
      self.itemID = itemID
      self.imageName = imageName
      self.outcome = outcome
      self.warning = warning
    }

    /// Why the image failed; `nil` when it did not.
    public var error: ImageSearchError? { if case .failed(let error) = outcome { error } else { nil } }
  }

  /// What became of an image.
  public enum Outcome: Sendable {
    /// It was not there and now is.
    case added
    /// It took the place of an earlier one of that name; providers that do not tell report ``added``.
    case replaced
    /// It was there already and is unchanged.
    case unchanged
    /// It is not there, or the earlier one still is.
    case failed(ImageSearchError)
  }

  /// One entry an image.
  public var entries: [Entry]
  /// Number of files and folders that a folder's walk left out because they are no images: see `LocalIndex.addFolder`.
  public var skippedCount = 0
  /// Number of images that were forgotten because their files in the folder are gone, when that was asked for.
  public var prunedCount = 0

  /// A report.
  public init(entries: [Entry] = [], skippedCount: Int = 0, prunedCount: Int = 0) {
    self.entries = entries
    self.skippedCount = skippedCount
    self.prunedCount = prunedCount
  }

  /// Number of images that are in the index because of this call or were there already.
  public var succeededCount: Int { entries.count - failedCount }

  /// Number of images that failed.
  public var failedCount: Int { entries.count { $0.error != nil } }

  /// The entries of the images that failed, each with its ``Entry/error``.
  public var failures: [Entry] { entries.filter { $0.error != nil } }
}
