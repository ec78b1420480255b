import Rasters

/// Compares a query with stored images: geometry, global code, confidence.
package struct Matcher: Sendable {
  private let query: QueryFeatures
  private let upright: Verifier
  private let mirrored: Verifier
  private let calibration: Calibration
  /// In a second pass, the matcher of the first one; otherwise empty.
  private let first: [Matcher]
  /// In a second pass by outlines, those of the query; otherwise empty.
  private let outlines: [Outline.Form]

  /// Maximum distance of global codes for a candidate.
  package static let codeDistance = 80

  /// With fewer inliers, the map of the whole images is used instead of the fitted one.
  private static let leastInliers = 6

  /// - Parameter indexSize: Number of images searched: the more there are, the more evidence a match needs.
  package init(_ query: QueryFeatures, indexSize: Int) {
    self.query = query
    upright = Verifier(query.upright)
    mirrored = Verifier(query.mirrored)
    calibration = Calibration(indexSize: indexSize)
    first = query.firstLook.map { Matcher($0, indexSize: indexSize) }
    outlines = query.outlineUse == .none ? [] : query.outlines
  }

  /// Why a stored image is a candidate.
  package struct Hints: Sendable {
    /// Whether the query, or the mirrored query, has votes for it.
    package var upright = false
    package var mirrored = false
    /// Whether it is among those with most votes, for which more hypotheses are tried.
    package var leads = false
    /// Whether a mirrored copy is wanted, for a search by outlines.
    package var mayBeMirrored = true
    /// Distance and orientation of a near global code.
    package var code: (distance: Int, orientation: Dihedral)?

    package init(upright: Bool = false, mirrored: Bool = false, leads: Bool = false) {
      self.upright = upright
      self.mirrored = mirrored
      self.leads = leads
    }
  }

  /// - Returns: The match, accepted or not (see ``ImageMatch/confidence``); `nil` without any evidence. No other image is known, so a
  ///   template that both share counts like anything else.
  package func match(_ stored: ImageFeatures, _ hints: Hints) -> ImageMatch? { look(stored, hints)?.judged() }

  /// - Returns: The measurements that a verdict needs; `nil` without any evidence.
  package func look(_ stored: ImageFeatures, _ hints: Hints) -> Look? {
    guard query.outlineUse != .only else { return outlineLook(stored, hints) }
    let found = featureLook(stored, hints)
    guard query.outlineUse == .also, found?.comparison == nil, let look = outlineLook(stored, hints),
      look.comparison != nil
    else { return found }
    return look
  }

  private func featureLook(_ stored: ImageFeatures, _ hints: Hints) -> Look? {
    let grid = StoredGrid(stored.set)
    let best = examine(grid, stored, hints)
    let evidence = calibration.evidence(
      local: best?.found.evidence, distance: hints.code?.distance, reliability: query.codeReliability)
    let confidence = calibration.confidence(evidence)
    if let best, hints.code == nil || best.found.inliers.count >= Self.leastInliers {
      let map = best.mirrored ? mirror.then(best.found.map) : best.found.map
      let match = result(
        stored, map, isMirrored: best.mirrored, confidence: confidence, evidence: evidence,
        inliers: best.found.inliers.count, agreement: agreement(best.found))
      return compared(match, stored, grid, map, best)
    }
    guard let code = hints.code else { return nil }
    let map = wholeMap(stored, code.orientation)
    let match = result(
      stored, map, isMirrored: code.orientation.isMirrored, confidence: confidence, evidence: evidence, inliers: 0,
      agreement: 1 - Double(code.distance) / 128)
    return compared(match, stored, grid, map, nil)
  }

  /// As ``look(_:_:)`` by the outlines of the whole images.
  private func outlineLook(_ stored: ImageFeatures, _ hints: Hints) -> Look? {
    guard let small = stored.miniature,
      let best = Outline.best(outlines, stored, small, mirrored: hints.mayBeMirrored)
    else { return nil }
    let map = wholeMap(best.query, best.stored, best.orientation, best.map)
    let match = result(
      stored, map, isMirrored: best.orientation.isMirrored, confidence: calibration.confidence(best.evidence),
      evidence: best.evidence, inliers: 0, agreement: best.correlation)
    return compared(match, stored, StoredGrid(stored.set), map, nil, isOutline: true)
  }

  /// Minimum confidence that an agreement is not due to chance, for a comparison.
  private static let worthComparing = 0.3

  /// The same for outlines: nearly every image in which they agree somewhat is needed to judge the best one.
  private static let worthComparingOutlines = 0.16

  /// Compares the query with a stored image over their whole overlap.
  private func compared(
    _ match: ImageMatch, _ stored: ImageFeatures, _ grid: StoredGrid, _ map: AffineMap,
    _ best: (found: Verification, mirrored: Bool)?, isOutline: Bool = false
  ) -> Look {
    let least = isOutline ? Self.worthComparingOutlines : Self.worthComparing
    guard match.confidence >= least, let ground = query.ground, let small = stored.miniature else {
      return Look(match, witness: witness(match, stored, grid))
    }
    let mirrored = best?.mirrored ?? false
    let registration = Registration(
      best?.found, map, (mirrored ? self.mirrored : upright).guided, mirrored: mirrored, grid)
    let (width, height) = (Double(grid.set.width), Double(grid.set.height))
    let alignment = Alignment(back: registration.back, shift: registration.shift, width: width, height: height)
    let laying = Laying(alignment: alignment, ground: ground)
    var places = AgreementMap()
    let at = laying.places(small)
    let pitch = (width / Double(small.width) * height / Double(small.height)).squareRoot()
    var values = laying.values(at, pitch: pitch)
    if query.isNegative { values = values.map { 255 - $0 } }
    let (patches, pixels): (PatchAgreement, PixelAgreement)
    if isOutline {
      let size = SIMD2(Double(query.upright.width), Double(query.upright.height))
      pixels = PixelAgreement(
        values, small, squares: at.map { AgreementMap.square($0.x / size.x, $0.y / size.y) }, into: &places)
      patches = PatchAgreement(places)
    } else {
      patches = PatchAgreement(
        laying.patches(grid.set, negative: query.isNegative) ?? registration.patches, of: grid.set, into: &places)
      pixels = PixelAgreement(values, small)
    }
    let coverage = coverage(stored, map)
    let isNews =
      query.outlineUse == .also && coverage.stored >= Self.nearlyWhole
      || first.allSatisfy { Self.news * $0.evidence(grid, stored, mirrored: match.isMirrored) <= match.evidence }
    return Look(
      match,
      Comparison(
        places: places, patches: patches, pixels: pixels, evidence: match.evidence,
        overlap: (match.queryOverlap / 100, match.matchOverlap / 100), coverage: coverage,
        isUpright: isUpright(map) && !query.isNegative, fromPixels: query.space != nil, isOutline: isOutline,
        isNews: isNews), alignment: alignment)
  }

  /// Minimum ratio of the evidence in a second pass to that of the first one. Below it, the image was judged in the first pass.
  private static let news = 1.5
  /// … unless an inner rectangle shows at least so much of the stored image: what differed there is beside the rectangle.
  private static let nearlyWhole = 0.6

  /// Evidence for an image in nats, whether or not it was a candidate.
  private func evidence(_ grid: StoredGrid, _ stored: ImageFeatures, mirrored: Bool) -> Double {
    var hints = Hints.everything(of: query, stored)
    (hints.upright, hints.mirrored) = (!mirrored, mirrored)
    return calibration.evidence(
      local: examine(grid, stored, hints)?.found.evidence, distance: hints.code?.distance,
      reliability: query.codeReliability)
  }

  /// Minimum evidence in nats of a witness without a comparison.
  private static let worthAsking = 1.0
  /// Maximum relative difference between the aspect ratios of a witness and the query.
  private static let mostDifferentShape = 0.03

  /// See ``Look/witness``.
  private func witness(_ match: ImageMatch, _ stored: ImageFeatures, _ grid: StoredGrid) -> AgreementMap? {
    let (width, height) = (Double(grid.set.width), Double(grid.set.height))
    let (across, down) = (width / Double(query.upright.width), height / Double(query.upright.height))
    guard match.evidence >= Self.worthAsking, abs(across - down) < Self.mostDifferentShape * max(across, down),
      let back = wholeMap(stored, .identity).inverse
    else { return nil }
    guard let space = query.space else {
      query.sent?.noteMissingWitness()
      return nil
    }
    let alignment = Alignment(
      back: Projective(back), shift: LocalShift([], size: (width, height)), width: width, height: height)
    let laying = Laying(alignment: alignment, ground: .space(space))
    guard let patches = laying.patches(grid.set, negative: query.isNegative) else { return nil }
    var places = AgreementMap()
    _ = PatchAgreement(patches, of: grid.set, into: &places)
    return places
  }

  /// The best verification of all hypotheses that the hints lead to.
  func examine(_ stored: ImageFeatures, _ hints: Hints) -> (found: Verification, mirrored: Bool)? {
    examine(StoredGrid(stored.set), stored, hints)
  }

  private func examine(
    _ grid: StoredGrid, _ stored: ImageFeatures, _ hints: Hints
  ) -> (found: Verification, mirrored: Bool)? {
    var best: (found: Verification, mirrored: Bool)?
    func consider(_ found: Verification?, mirrored: Bool) {
      if let found, found.evidence > best?.found.evidence ?? 0 { best = (found, mirrored) }
    }
    if hints.upright { consider(upright.verify(grid, thoroughly: hints.leads), mirrored: false) }
    if hints.mirrored { consider(mirrored.verify(grid, thoroughly: hints.leads), mirrored: true) }
    if let code = hints.code {
      let map = wholeMap(stored, code.orientation)
      let isMirrored = code.orientation.isMirrored
      let working = isMirrored ? mirror.then(map) : map
      consider((isMirrored ? mirrored : upright).verify(grid, near: working), mirrored: isMirrored)
    }
    return best
  }

  /// The horizontal flip of the working query.
  private var mirror: AffineMap {
    AffineMap(m11: -1, m12: 0, m13: Double(query.upright.width), m21: 0, m22: 1, m23: 0)
  }

  /// The map from the query without its borders, in orientation `d`, to the stored image without its borders.
  private func wholeMap(_ stored: ImageFeatures, _ d: Dihedral) -> AffineMap {
    wholeMap(query.trim, stored.trim, d, .identity)
  }

  /// The map from an area of the query, in orientation `d`, to an area of the stored image.
  ///
  /// - Parameter inner: The map between the two areas as unit squares.
  private func wholeMap(_ from: PixelRect, _ to: PixelRect, _ d: Dihedral, _ inner: AffineMap) -> AffineMap {
    // To the unit square …
    let unit = AffineMap(
      m11: 1 / Double(from.width), m12: 0, m13: -Double(from.x) / Double(from.width),
      m21: 0, m22: 1 / Double(from.height), m23: -Double(from.y) / Double(from.height))
    // … reoriented there …
    var turn =
      d.transposes ? AffineMap(m11: 0, m12: 1, m13: 0, m21: 1, m22: 0, m23: 0) : .identity
    if d.flipsHorizontally { turn = turn.then(AffineMap(m11: -1, m12: 0, m13: 1, m21: 0, m22: 1, m23: 0)) }
    if d.flipsVertically { turn = turn.then(AffineMap(m11: 1, m12: 0, m13: 0, m21: 0, m22: -1, m23: 1)) }
    // … and to the stored image.
    let out = AffineMap(
      m11: Double(to.width), m12: 0, m13: Double(to.x), m21: 0, m22: Double(to.height), m23: Double(to.y))
    return unit.then(turn).then(inner).then(out)
  }

  /// Agreement of the overlap, 0...1.
  private func agreement(_ found: Verification) -> Double {
    let mean = Double(found.inliers.reduce(0) { $0 + $1.distance }) / Double(max(1, found.inliers.count))
    return min(1, found.share / 0.8) * (1 - mean / 32)
  }

  /// Whether a map neither rotates, shears nor flips, within a small tolerance.
  private func isUpright(_ map: AffineMap) -> Bool {
    let side = max(abs(map.m11), abs(map.m22), 1e-9)
    return map.m11 > 0 && map.m22 > 0 && max(abs(map.m12), abs(map.m21)) < 0.02 * side
  }

  /// For each image, the fraction of the area inside its borders that the other one covers.
  private func coverage(_ stored: ImageFeatures, _ map: AffineMap) -> (query: Double, stored: Double) {
    func share(_ inner: PixelRect, _ map: AffineMap, _ outer: PixelRect) -> Double {
      let moved = AffineMap(m11: 1, m12: 0, m13: Double(inner.x), m21: 0, m22: 1, m23: Double(inner.y))
        .then(map).then(AffineMap(m11: 1, m12: 0, m13: -Double(outer.x), m21: 0, m22: 1, m23: -Double(outer.y)))
      return Overlap.share(
        Double(inner.width), Double(inner.height), through: moved, inside: Double(outer.width), Double(outer.height))
    }
    let size = stored.workingSize
    let whole = PixelRect(x: 0, y: 0, width: size.width, height: size.height)
    let all = PixelRect(x: 0, y: 0, width: Int(query.upright.width), height: Int(query.upright.height))
    return (
      min(1, query.shareOfWhole * share(query.trim, map, whole)), map.inverse.map { share(stored.trim, $0, all) } ?? 0
    )
  }

  private func result(
    _ stored: ImageFeatures, _ map: AffineMap, isMirrored: Bool, confidence: Double, evidence: Double, inliers: Int,
    agreement: Double
  ) -> ImageMatch {
    let size = stored.workingSize
    let (qw, qh) = (Double(query.upright.width), Double(query.upright.height))
    let (sw, sh) = (Double(size.width), Double(size.height))
    let ofQuery = min(1, query.shareOfWhole * Overlap.share(qw, qh, through: map, inside: sw, sh))
    let ofStored = map.inverse.map { Overlap.share(sw, sh, through: $0, inside: qw, qh) } ?? 0
    let toOriginal = AffineMap(
      m11: Double(stored.originalWidth) / sw, m12: 0, m13: 0,
      m21: 0, m22: Double(stored.originalHeight) / sh, m23: 0)
    var match = ImageMatch(
      confidence: confidence, score: 100 * (ofQuery * ofStored).squareRoot() * max(0, min(1, agreement)),
      queryOverlap: 100 * ofQuery, matchOverlap: 100 * ofStored,
      transform: query.fromOriginal.then(map).then(toOriginal), isMirrored: isMirrored, inliers: inliers)
    match.evidence = evidence
    return match
  }
}
