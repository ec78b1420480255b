/// A search in the terms that all services share.
public struct SearchRequest: Sendable {
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
  /// Values of the service's own parameters by name, for instance `sort` and `domain` of TinEye. An unknown name is an error.
  public var parameters: [String: String]

  /// A search.
  public init(
    image: ImageSource, limit: Int? = nil, offset: Int = 0, minimumScore: Double? = nil,
    minimumConfidence: Double? = nil, category: String? = nil, region: PixelRect? = nil,
    parameters: [String: String] = [:]
  ) {
    self.image = image
    self.limit = limit
    self.offset = offset
    self.minimumScore = minimumScore
    self.minimumConfidence = minimumConfidence
    self.category = category
    self.region = region
    self.parameters = parameters
  }
}
