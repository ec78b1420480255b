/// What is left of what was paid for.
public struct Quota: Sendable, Hashable {
  /// What is counted.
  public enum Unit: Sendable, Hashable {
    /// Searches.
    case searches
    /// Images that may still be added.
    case images
  }

  /// A part of the quota with a life of its own.
  public struct Bundle: Sendable, Hashable {
    /// What is left of this bundle; `nil` when the provider leaves it out.
    public var remaining: Int?
    /// When it began, as the provider writes it, for instance `2016-12-17 03:42:50 UTC`.
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
  /// What is left in all; `nil` when there is no limit.
  public var remaining: Int?
  /// Searches a second that the plan allows, where the provider tells.
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

  /// Whether nothing is counted.
  public var isUnlimited: Bool { remaining == nil }
}
