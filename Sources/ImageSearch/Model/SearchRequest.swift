/// A search, in terms that all services share.
public struct SearchRequest: Sendable {
  /// How hard the local index tries before it returns no match.
  public enum Effort: String, Sendable, Hashable, CaseIterable {
    /// One pass.
    case fast
    /// A second pass when the first finds nothing: parts of the query, the query stretched along its sides and
    /// diagonals, and its negative. Takes about four times as long as the first.
    case normal
    /// The same, with more parts and directions.
    case thorough
  }

  /// The query image.
  public var image: ImageSource
  /// Maximum number of matches to return; `nil` for the service's default.
  public var limit: Int?
  /// Number of matches to skip.
  public var offset: Int
  /// Leave out matches with a lower ``Match/score``, 0–100.
  public var minimumScore: Double?
  /// Leave out matches with a lower ``Match/confidence``, 0–1.
  public var minimumConfidence: Double?
  /// Search this category only.
  public var category: String?
  /// Search with this part of the image only.
  public var region: PixelRect?
  /// The relations to return (local index); `nil` is ``Match/Relation/copies``. ``Match/Relation/shared`` comes after
  /// all others.
  public var relations: Set<Match.Relation>?
  /// How hard to try (local index).
  public var effort: Effort
  /// The number of images that the confidence is computed for (local index), if the index is one of several that are
  /// searched; `nil` for the number in the index.
  public var populationSize: Int?
  /// Whether to find mirrored copies (local index).
  public var mirrored: Bool
  /// Parameters of the service by name, for instance `sort` and `domain` of TinEye. An unknown name is an error.
  public var parameters: [String: String]

  /// A stored image that is not returned: the query itself (local index).
  package var excluded: (itemID: String, imageName: String)?

  /// A search.
  public init(
    image: ImageSource, limit: Int? = nil, offset: Int = 0, minimumScore: Double? = nil,
    minimumConfidence: Double? = nil, category: String? = nil, region: PixelRect? = nil,
    relations: Set<Match.Relation>? = nil, effort: Effort = .normal, populationSize: Int? = nil, mirrored: Bool = true,
    parameters: [String: String] = [:]
  ) {
    self.image = image
    self.limit = limit
    self.offset = offset
    self.minimumScore = minimumScore
    self.minimumConfidence = minimumConfidence
    self.category = category
    self.region = region
    self.relations = relations
    self.effort = effort
    self.populationSize = populationSize
    self.mirrored = mirrored
    self.parameters = parameters
  }
}
