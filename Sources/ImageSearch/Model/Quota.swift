/// What is left of a quota.
public struct Quota: Sendable, Hashable {
  /// What is counted.
  public enum Unit: Sendable, Hashable {
    /// Searches.
    case searches
    /// Images that may still be added.
    case images
  }

  /// A part of the quota with its own period of validity.
  public struct Bundle: Sendable, Hashable {
    /// What is left of this bundle; `nil` when the provider leaves it out.
    public var remaining: Int?
    /// When it begins, as the provider writes it, for instance `2016-12-17 03:42:50 UTC`.
    public var start: String?
    /// When it ends, as the provider writes it.
    public var end: String?

    /// A bundle.
    public init(remaining: Int?, start: String?, end: String?) {
      self.remaining = remaining
      self.start = start
      self.end = end
    }
  }

  /// What ``remaining`` counts.
  public var unit: Unit
  /// The total left; `nil` when there is no limit.
  public var remaining: Int?
  /// Searches per second that the plan allows, if the provider says.
  public var perSecond: Double?
  /// The parts; the one that ends first is used first.
  public var bundles: [Bundle]

  /// A quota.
  public init(unit: Unit, remaining: Int?, perSecond: Double? = nil, bundles: [Bundle] = []) {
    self.unit = unit
    self.remaining = remaining
    self.perSecond = perSecond
    self.bundles = bundles
  }

  /// Whether there is no limit.
  public var isUnlimited: Bool { remaining == nil }
}
