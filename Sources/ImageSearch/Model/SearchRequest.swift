/// A search in the terms that all services share.
public struct SearchRequest: Sendable {
  /// How long the local index looks before it says that there is nothing.
  public enum Effort: String, Sendable, Hashable, CaseIterable {
    /// One look.
    case fast
    /// A second look when the first finds nothing: parts of the query, stretched, as a negative. At most four times the first.
    case normal
    /// The same, with more parts and directions.
    case thorough
  }

  /// The image to look for.
  public var image: ImageSource
  /// How many matches to return at most; `nil` takes the service's default.
  public var limit: Int?
  /// How many matches to skip, from 0.
  public var offset: Int
  /// Leave out matches with a lower ``Match/score``, 0–100.
  public var minimumScore: Double?
  /// Leave out matches with a lower ``Match/confidence``, 0–1.
  public var minimumConfidence: Double?
  /// Search this category only.
  public var category: String?
  /// Search with this part of the image only.
  public var region: PixelRect?
  /// The relations to return (local index); `nil` is ``Match/Relation/copies``. ``Match/Relation/shared`` comes behind all others.
  public var relations: Set<Match.Relation>?
  /// How long to look (local index).
  public var effort: Effort
  /// The number of images that confidence is to allow for (local index), when the index is one of several that are searched; `nil`: its own.
  public var populationSize: Int?
  /// Whether mirrored copies are looked for (local index).
  public var mirrored: Bool
  /// Values of the service's own parameters by name, for instance `sort` and `domain` of TinEye. An unknown name is an error.
  public var parameters: [String: String]

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
