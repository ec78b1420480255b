/// Compares a query with stored images: geometry, whole-image code, confidence.
package struct Matcher: Sendable {
  private let query: QueryFeatures
  private let upright: Verifier
  private let mirrored: Verifier
  private let calibration: Calibration

  /// Distance of global codes up to which ``GlobalCodeScan`` should propose candidates.
  package static let codeDistance = 80

  /// With fewer inliers the map of the whole image is trusted more than theirs.
  private static let leastInliers = 6

  /// - Parameter indexSize: Number of images searched: the more there are, the more evidence a match needs.
  package init(_ query: QueryFeatures, indexSize: Int) {
    self.query = query
    upright = Verifier(query.upright)
    mirrored = Verifier(query.mirrored)
    calibration = Calibration(indexSize: indexSize)
  }

  /// Why a stored image is looked at.
  package struct Hints: Sendable {
    /// The query as it is, or mirrored, got votes.
    package var upright = false
    package var mirrored = false
    /// It is among the first by votes: everything is tried.
    package var leads = false
    /// Its global code is near.
    package var code: (distance: Int, orientation: Dihedral)?

    package init() {}
  }

  /// - Returns: How the stored image shows the query, accepted or not (see ``ImageMatch/confidence``); `nil` when
  ///   nothing speaks for it.
  package func match(_ stored: ImageFeatures, _ hints: Hints) -> ImageMatch? {
    let best = examine(stored, hints)
    let confidence = calibration.confidence(
      local: best?.found.evidence, distance: hints.code?.distance, reliability: query.codeReliability)
    if let best, hints.code == nil || best.found.inliers.count >= Self.leastInliers {
      let map = best.mirrored ? mirror.then(best.found.map) : best.found.map
      return result(
        stored, map, isMirrored: best.mirrored, confidence: confidence, inliers: best.found.inliers.count,
        agreement: agreement(best.found))
    }
    guard let code = hints.code else { return nil }
    return result(
      stored, wholeMap(stored, code.orientation), isMirrored: code.orientation.isMirrored, confidence: confidence,
      inliers: 0, agreement: 1 - Double(code.distance) / 128)
  }

  /// The best map among all that the hints suggest.
  func examine(_ stored: ImageFeatures, _ hints: Hints) -> (found: Verification, mirrored: Bool)? {
    let grid = StoredGrid(stored.set)
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

  /// Left and right of the working query exchanged.
  private var mirror: Affine {
    Affine(m11: -1, m12: 0, m13: Double(query.upright.width), m21: 0, m22: 1, m23: 0)
  }

  /// The map that puts the query without its borders, turned, onto the stored image without its borders.
  private func wholeMap(_ stored: ImageFeatures, _ d: Dihedral) -> Affine {
    let from = query.trim
    // To the unit square …
    let unit = Affine(
      m11: 1 / Double(from.width), m12: 0, m13: -Double(from.x) / Double(from.width),
      m21: 0, m22: 1 / Double(from.height), m23: -Double(from.y) / Double(from.height))
    // … turned there …
    var turn =
      d.transposes ? Affine(m11: 0, m12: 1, m13: 0, m21: 1, m22: 0, m23: 0) : .identity
    if d.flipsHorizontally { turn = turn.then(Affine(m11: -1, m12: 0, m13: 1, m21: 0, m22: 1, m23: 0)) }
    if d.flipsVertically { turn = turn.then(Affine(m11: 1, m12: 0, m13: 0, m21: 0, m22: -1, m23: 1)) }
    // … and out again.
    let to = stored.trim
    let out = Affine(
      m11: Double(to.width), m12: 0, m13: Double(to.x), m21: 0, m22: Double(to.height), m23: Double(to.y))
    return unit.then(turn).then(out)
  }

  /// How well the common part agrees, 0...1.
  private func agreement(_ found: Verification) -> Double {
    let mean = Double(found.inliers.reduce(0) { $0 + $1.distance }) / Double(max(1, found.inliers.count))
    return min(1, found.share / 0.8) * (1 - mean / 32)
  }

  private func result(
    _ stored: ImageFeatures, _ map: Affine, isMirrored: Bool, confidence: Double, inliers: Int, agreement: Double
  ) -> ImageMatch {
    let size = stored.workingSize
    let (qw, qh) = (Double(query.upright.width), Double(query.upright.height))
    let (sw, sh) = (Double(size.width), Double(size.height))
    let ofQuery = Overlap.share(qw, qh, through: map, inside: sw, sh)
    let ofStored = map.inverse.map { Overlap.share(sw, sh, through: $0, inside: qw, qh) } ?? 0
    let fromOriginal = Affine(
      m11: qw / Double(query.region.width), m12: 0, m13: -Double(query.region.x) * qw / Double(query.region.width),
      m21: 0, m22: qh / Double(query.region.height), m23: -Double(query.region.y) * qh / Double(query.region.height))
    let toOriginal = Affine(
      m11: Double(stored.originalWidth) / sw, m12: 0, m13: 0,
      m21: 0, m22: Double(stored.originalHeight) / sh, m23: 0)
    return ImageMatch(
      confidence: confidence, score: 100 * (ofQuery * ofStored).squareRoot() * max(0, min(1, agreement)),
      queryOverlap: 100 * ofQuery, matchOverlap: 100 * ofStored,
      transform: fromOriginal.then(map).then(toOriginal), isMirrored: isMirrored, inliers: inliers)
  }
}
