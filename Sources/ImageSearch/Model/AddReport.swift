/// What became of the pictures of an add call, one entry a picture in the order they were given.
public struct AddReport: Sendable {
  /// What became of one picture.
  public struct Entry: Sendable {
    /// The item.
    public var itemID: String
    /// The picture.
    public var pictureName: String
    /// What became of it.
    public var outcome: Outcome
    /// What the caller should know although it worked, for instance that only the first frame was taken.
    public var warning: String?

    /// An entry.
    public init(itemID: String, pictureName: String, outcome: Outcome, warning: String? = nil) {
      self.itemID = itemID
      self.pictureName = pictureName
      self.outcome = outcome
      self.warning = warning
    }
  }

  /// What became of a picture.
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

  /// One entry a picture.
  public var entries: [Entry]

  /// A report.
  public init(entries: [Entry] = []) { self.entries = entries }

  /// How many pictures are in the index because of this call or were there already.
  public var succeeded: Int { entries.count - failed }

  /// How many pictures failed.
  public var failed: Int {
    entries.count { entry in
      if case .failed = entry.outcome { true } else { false }
    }
  }
}
