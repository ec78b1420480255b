import Rasters

@testable import ImageMatching

/// The matcher in memory, for measuring it without codecs and storage.
struct MatchingTrial {
  private var features: [ImageFeatures?] = []
  private var memory = MemoryPostings()
  private var thumbnails: [Int: GrayImage] = [:]
  /// Bytes of the stored features of all images.
  private(set) var bytes = 0
  /// Milliseconds spent so far on features of queries, on candidates, and on verifying them.
  private(set) var stages: (features: Double, candidates: Double, verification: Double) = (0, 0, 0)
  private let milliseconds: () -> Double

  /// - Parameter milliseconds: A clock.
  init(milliseconds: @escaping () -> Double) { self.milliseconds = milliseconds }

  /// Adds images; they are numbered in the order of adding.
  ///
  /// - Returns: The number of images that were too simple or too small.
  mutating func add(_ images: [GrayImage]) -> Int {
    let first = features.count
    let made = images.map { try? ImageFeatures(of: $0) }
    features += made
    memory.add(made.enumerated().compactMap { i, f in f.map { (number: first + i, features: $0) } })
    bytes += made.reduce(0) { $0 + ($1?.bytes.count ?? 0) }
    return made.reduce(0) { $0 + ($1 == nil ? 1 : 0) }
  }

  /// Adds the pixels that the detail of an image is compared by.
  mutating func add(thumbnail: GrayImage, of number: Int) { thumbnails[number] = thumbnail }

  /// Compares a query with one image of the index, as if it were the only one of its kind there.
  ///
  /// - Returns: The verdicts without and with the detail, its measures, and the milliseconds that it took; `nil` without any evidence.
  func alone(_ query: GrayImage, with number: Int) -> (before: ImageMatch, after: ImageMatch, detail: String)? {
    guard let query = try? QueryFeatures(of: query), let stored = features[number] else { return nil }
    let matcher = Matcher(query, indexSize: features.count)
    guard let look = matcher.look(stored, .everything(of: query, stored)) else { return nil }
    let finding = Finding(look, stored)
    let jury = Jury([finding], indexSize: features.count)
    let before = jury.verdicts {}
    guard before[0].kind != .shared, before[0].confidence >= ImageMatch.accepted, let thumbnail = thumbnails[number],
      let alignment = look.alignment, let plane = query.plane
    else { return (before[0], before[0], "") }
    let start = milliseconds()
    let resolution = min(1, Double(query.region.width) / Double(plane.width))
    let detail = try? DetailAgreement(
      alignment, stored: thumbnail, query: plane, resolution: resolution, negative: query.isNegative)
    let spent = milliseconds() - start
    let after = jury.verdicts({}) { _ in detail?.differs }
    return (
      before[0], after[0],
      detail.map { "\($0.differing)\t\($0.balanced)\t\($0.quality)\t\(spent)" } ?? ""
    )
  }

  /// All results for a query, accepted or not, best first; from the second passes when no copy was found.
  mutating func search(_ image: GrayImage) -> [(number: Int, match: ImageMatch)] {
    let start = milliseconds()
    guard let query = try? QueryFeatures(of: image) else { return [] }
    let first = search(query, since: start)
    func finds(_ hits: [(number: Int, match: ImageMatch)]) -> Bool {
      hits.contains { $0.match.confidence >= ImageMatch.accepted && $0.match.kind != .shared }
    }
    guard !finds(first) else { return first }
    let begun = milliseconds()
    defer { again += milliseconds() - begun }
    let ways = SecondLook.ways(of: query, thorough: false)
    for way in ways where !way.isPart {
      guard let other = try? SecondLook.query(way, query, image) else { continue }
      let hits = search(other, since: nil)
      if finds(hits) { return hits }
    }
    // All parts are one step.
    let parts = ways.filter(\.isPart).compactMap { (try? SecondLook.query($0, query, image)) ?? nil }
    let hits = parts.flatMap { search($0, since: nil) }.sorted { $0.match.order > $1.match.order }
    return finds(hits) ? hits : first
  }

  /// Milliseconds spent so far on the detail of copies, in first and second passes, without decoding thumbnails.
  private(set) var compared = 0.0
  /// Milliseconds spent so far on second passes.
  private(set) var again = 0.0

  private mutating func search(_ query: QueryFeatures, since start: Double?) -> [(number: Int, match: ImageMatch)] {
    let described = milliseconds()
    let memory = memory
    let candidates = memory.withTables { CandidateSearch.candidates(for: query, in: $0) }
    let voted = milliseconds()
    let (thumbnails, clock) = (thumbnails, milliseconds)
    var detail = 0.0
    let hits = CandidateSearch.verify(
      candidates, of: query, indexSize: features.count, leastConfidence: 0,
      load: { memory.image(table: $0, slot: $1)?.features },
      differs: { found in
        let start = clock()
        defer { detail += clock() - start }
        guard let number = memory.image(table: found.table, slot: found.image)?.number else { return nil }
        return thumbnails[number].flatMap { (try? found.finding.differs(from: query, stored: $0)) ?? nil }
      }, check: {})
    compared += detail
    let end = milliseconds()
    if let start {
      stages.features += described - start
      stages.candidates += voted - described
      stages.verification += end - voted
    }
    return hits.compactMap { hit in
      memory.image(table: hit.table, slot: hit.image).map { ($0.number, hit.match) }
    }
  }

  /// As above from the image's stored data only, see ``QueryFeatures/init(stored:)``.
  mutating func searchStored(_ image: GrayImage) -> [(number: Int, match: ImageMatch)] {
    guard let query = try? QueryFeatures(of: image), let stored = try? ImageFeatures(of: image) else { return [] }
    let asQuery = QueryFeatures(stored: stored)
    let matcher = Matcher(asQuery, indexSize: features.count)
    let memory = memory
    let candidates = memory.withTables { CandidateSearch.candidates(for: query, in: $0) }
    return candidates.compactMap { candidate in
      guard let (number, features) = memory.image(table: candidate.table, slot: candidate.image),
        let match = matcher.match(features, candidate.hints)
      else { return nil }
      return (number, match)
    }
    .sorted { $0.1.order > $1.1.order }
  }

  /// The measures for the verdicts on a query, one line per stored image.
  func compared(_ image: GrayImage) -> [(number: Int, text: String)] {
    guard let query = try? QueryFeatures(of: image) else { return [] }
    var lines: [(number: Int, text: String)] = []
    let memory = memory
    var queries = [query]
    for way in SecondLook.ways(of: query, thorough: false) {
      if let other = try? SecondLook.query(way, query, image) { queries.append(other) }
    }
    for (n, query) in queries.enumerated() {
      let candidates = memory.withTables { CandidateSearch.candidates(for: query, in: $0) }
      let matcher = Matcher(query, indexSize: features.count)
      var looks: [(Int, Look)] = []
      var rest: [(Int, AgreementMap)] = []
      for c in candidates {
        guard let (number, stored) = memory.image(table: c.table, slot: c.image) else { continue }
        guard let look = matcher.look(stored, c.hints) else { continue }
        if look.comparison != nil {
          looks.append((number, look))
        } else if let map = look.witness {
          rest.append((number, map))
        }
      }
      func text(_ map: AgreementMap) -> String {
        map.seen.map { "\($0)" }.joined(separator: " ") + "\t" + map.agrees.map { "\($0)" }.joined(separator: " ")
      }
      var found = false
      for (number, look) in looks {
        guard let c = look.comparison else { continue }
        let m = look.judged()
        let p = c.patches, x = c.pixels
        let numbers: [Double] = [
          m.confidence, c.evidence, c.overlap.query, c.overlap.stored, c.coverage.query, c.coverage.stored,
          c.isUpright ? 1 : 0,
          p.count, p.agrees, p.smallAgree, p.adapted, p.squares, p.lostSquares, p.quality, p.toMiddle, p.toWorst,
          x.agrees, x.queryOver, x.storedOver, x.balanced, x.areaAgrees, x.areaDiffers, x.areaEmpty, x.grayDifference,
          x.contrast, x.brighter,
          Double(m.inliers),
        ]
        lines.append(
          (number, "\(n)\tL\t" + numbers.map { "\(Float($0))" }.joined(separator: " ") + "\t" + text(c.places)))
        found = found || m.kind != .shared
      }
      for (number, map) in rest { lines.append((number, "\(n)\tW\t\t" + text(map))) }
      if found { break }
    }
    return lines
  }

  /// Why an image is found by a query or not: its rank among the candidates, and the result of verifying it with its own hints and
  /// with all hypotheses.
  func explain(_ image: GrayImage, original: Int) -> String {
    guard let query = try? QueryFeatures(of: image) else { return "too plain" }
    guard original < features.count, let stored = features[original] else { return "original too plain" }
    let memory = memory
    var forms: [(name: String, query: QueryFeatures)] = [("as it is", query)]
    for way in SecondLook.ways(of: query, thorough: false) {
      if let other = try? SecondLook.query(way, query, image) { forms.append(("\(way)", other)) }
    }
    func told(_ matcher: Matcher, _ hints: Matcher.Hints) -> String {
      guard let look = matcher.look(stored, hints) else { return "nothing" }
      let m = look.judged()
      return
        "\(m.kind.rawValue) \(Float(m.confidence)) evidence \(Float(m.evidence)) inliers \(m.inliers) overlaps \(Int(m.queryOverlap)) \(Int(m.matchOverlap))"
        + (look.comparison == nil ? " not compared" : "")
    }
    let forms_ = forms.map { name, query -> String in
      let candidates = memory.withTables { CandidateSearch.candidates(for: query, in: $0) }
      let place = candidates.firstIndex { memory.image(table: $0.table, slot: $0.image)?.number == original }
      let matcher = Matcher(query, indexSize: features.count)
      return
        "\n    \(name): features \(query.upright.count), place \(place.map { "\($0)" } ?? "none")\t"
        + "\(place.map { told(matcher, candidates[$0].hints) } ?? "-")\t\(told(matcher, .everything(of: query, stored)))"
    }
    var scratch = PostingJoin.Scratch()
    var neighbours: Set<Int> = []
    if let own = try? ImageFeatures(of: image) {
      memory.withTables { tables in
        for (t, table) in tables.enumerated() {
          let found = PostingJoin.neighbours(of: own, in: table.postings, scratch: &scratch, isWanted: { _ in true })
          neighbours.formUnion(found.compactMap { memory.image(table: t, slot: $0)?.number })
        }
      }
    }
    let joined = neighbours.contains(original) ? "a neighbour" : "no neighbour"
    let distance = query.codes.map { $0.distance(to: stored.globalCode) }.min() ?? 256
    return "stored features \(stored.signatures.count), code \(distance), \(joined)" + forms_.joined()
  }

  /// Whether an image is neither too simple nor too small.
  static func hasFeatures(_ image: GrayImage) -> Bool { (try? ImageFeatures(of: image)) != nil }

  /// The keypoints of an image with their descriptors, for `learn-descriptor-bits.py`: x, y, direction (share of a turn)
  /// and size of each in working pixels, then the 128 numbers.
  static func descriptors(_ image: GrayImage) -> [Float] {
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
