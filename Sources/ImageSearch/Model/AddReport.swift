/// The outcome of an add call: one entry per image, in the order given.
public struct AddReport: Sendable {
  /// The outcome for one image.
  public struct Entry: Sendable {
    /// The item.
    public var itemID: String
    /// The image.
    public var imageName: String
    /// The outcome.
    public var outcome: Outcome
    /// A remark on a success, for instance that only the first frame was used.
    public var warning: String?

    /// An entry.
    public init(itemID: String, imageName: String, outcome: Outcome, warning: String? = nil) {
      self.itemID = itemID
      self.imageName = imageName
      self.outcome = outcome
      self.warning = warning
    }

    /// The error if the image failed, otherwise `nil`.
    public var error: ImageSearchError? { if case .failed(let error) = outcome { error } else { nil } }
  }

  /// The outcome of adding an image.
  public enum Outcome: Sendable {
    /// The image is new.
    case added
    /// It replaced an earlier one of that name; ``added`` if the provider does not say.
    case replaced
    /// It was there already, and nothing changed.
    case unchanged
    /// It was not added; an earlier one of that name stays.
    case failed(ImageSearchError)
  }

  /// One entry per image.
  public var entries: [Entry]
  /// Number of files and folders of an added folder that were skipped because they are not images; see
  /// `LocalIndex.addFolder`.
  public var skippedCount = 0
  /// Number of images that were removed because their files in the folder are gone, if requested.
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
