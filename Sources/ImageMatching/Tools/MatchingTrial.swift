/// The matcher in memory, for measuring it without codecs and storage (`Benchmarks/Sources/MatchingBench`). Not API.
@_spi(Benchmarks) public struct MatchingTrial {
  private var features: [ImageFeatures?] = []
  private var memory = MemoryTables()
  /// Bytes of the stored features of all images.
  public private(set) var bytes = 0
  /// Milliseconds spent so far on features of queries, on candidates, and on looking at them.
  public private(set) var stages: (features: Double, candidates: Double, verification: Double) = (0, 0, 0)
  private let milliseconds: () -> Double

  /// - Parameter milliseconds: A clock.
  public init(milliseconds: @escaping () -> Double) { self.milliseconds = milliseconds }

  /// Adds images; they are numbered in the order of adding.
  ///
  /// - Returns: How many were too plain or too small.
  public mutating func add(_ images: [GrayImage]) -> Int {
    let first = features.count
    let made = images.map { try? ImageFeatures(of: $0) }
    features += made
    memory.add(made.enumerated().compactMap { i, f in f.map { (number: first + i, features: $0) } })
    bytes += made.reduce(0) { $0 + ($1?.bytes.count ?? 0) }
    return made.reduce(0) { $0 + ($1 == nil ? 1 : 0) }
  }

  /// Everything that speaks for an image being in the query, accepted or not, best first.
  public mutating func search(_ image: GrayImage) -> [(number: Int, match: ImageMatch)] {
    let start = milliseconds()
    guard let query = try? QueryFeatures(of: image) else { return [] }
    let described = milliseconds()
    let memory = memory
    let suspects = memory.withTables { CandidateSearch.suspects(for: query, in: $0) }
    let voted = milliseconds()
    let hits = CandidateSearch.verify(
      suspects, of: query, indexSize: features.count, leastConfidence: 0,
      load: { memory.image(table: $0, slot: $1)?.features }, check: {})
    let end = milliseconds()
    stages.features += described - start
    stages.candidates += voted - described
    stages.verification += end - voted
    return hits.compactMap { hit in
      memory.image(table: hit.table, slot: hit.image).map { ($0.number, hit.match) }
    }
  }

  /// Whether an image is neither too plain nor too small.
  public static func hasFeatures(_ image: GrayImage) -> Bool { (try? ImageFeatures(of: image)) != nil }

  /// The keypoints of an image with their descriptors, for `learn-descriptor-bits.py`: x, y, direction (share of a turn)
  /// and size of each in working pixels, then the 128 numbers.
  public static func descriptors(_ image: GrayImage) -> [Float] {
    let size = Resampler.size(
      width: image.width, height: image.height, longest: FeatureExtractor.workingSide)
    guard let working = try? FeatureExtractor.prepare(image, size: size) else { return [] }
    var all: [Float] = []
    FeatureExtractor.describe(working.plane, count: FeatureExtractor.queryCount, directions: 1) {
      k, angle, descriptor in
      all += [k.x + 0.5, k.y + 0.5, angle, k.sigma] + descriptor
    }
    return all
  }
}
