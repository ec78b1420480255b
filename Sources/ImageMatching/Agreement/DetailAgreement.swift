import Rasters

/// The agreement of two aligned images block by block, at a resolution at which letters differ.
///
/// Two letters with one letterhead, two receipts, or two screenshots of a program differ only in small things: other words, other numbers.
/// Where no other stored image shows what they have in common (``Commonness``), these blocks tell them from copies. A block
/// differs when both images have structure in it, equally strong and equally fine, that does not correlate although the best blocks
/// do. What is painted over a copy is stronger, coarser or more even than what it covers; blur, noise and compression lower the
/// correlation everywhere.
struct DetailAgreement {
  /// Number of blocks in which both images have structure of about the same strength.
  private(set) var balanced = 0
  /// Correlation of the best of them.
  private(set) var quality = 0.0
  /// Fraction of them that differ.
  private(set) var differing = 0.0

  /// Whether the images differ as two images of one template do; false when there is too little to compare.
  var differs: Bool {
    balanced >= Self.leastBlocks && quality >= Self.leastQuality && differing > Self.mostDiffering
  }

  /// Fraction of differing blocks that 998 of 1 000 copies stay below, those with letters or stickers over them included; of unrelated
  /// pages, forms and screenshots of one template, nine of ten are above it (docs/benchmarks.md).
  private static let mostDiffering = 0.14
  /// With fewer blocks, or when even the best correlate badly (strong noise, an inexact map), the images do not count as different.
  private static let leastBlocks = 100
  private static let leastQuality = 0.75
  /// Minimum standard deviation of a block with structure, in gray levels: more than noise and compression cause.
  private static let structure = 12.0
  /// Side of a cell in pixels. A block has 2 × 2 cells and overlaps its neighbours by one.
  static let cell = 8
  /// Maximum displacement of a block in pixels.
  static let reach = 3
  /// The best blocks are those above this quantile; a block differs when its correlation is lower by ``distance``, and below ``low``.
  private static let quantile = 0.85
  private static let distance = 0.3
  private static let low = 0.65
  /// Correlations from which on blocks show how contrast and blur of the two images compare, and from which on no better
  /// displacement is looked for.
  private static let certain = 0.8
  private static let alike = 0.7
  private static let enough = 0.9
  /// Greatest ratio of the strength of two structures that may be each other's counterpart, and of two of the same kind.
  private static let balance = 2.0
  private static let sameStrength = 1.6
  /// Greatest ratio of their fineness, e^0.35.
  private static let sameFineness = 1.419
  /// A coarser resolution, for an image that is blurred against the other one.
  private static let coarser = 1.5
  private static let coarsest = 3
  private static let leastSide = 100

  /// - Parameters:
  ///   - alignment: Maps positions in the stored image to the query.
  ///   - stored: The stored image or its thumbnail, of any size.
  ///   - query: The query's working image.
  ///   - resolution: Pixels that the query really has per pixel of its working image, at most 1.
  ///   - negative: Whether the stored image is compared with the query's negative.
  /// - Returns: `nil` when the overlap is too small or too coarse to say anything.
  /// - Throws: ``OutOfPixelMemory``.
  init?(
    _ alignment: Alignment, stored: GrayImage, query: Plane, resolution: Double, negative: Bool
  ) throws(OutOfPixelMemory) {
    let (width, height) = (alignment.width, alignment.height)
    let finest = min(1, Double(stored.width) / width, Double(stored.height) / height)
    let shrink = alignment.shrink
    guard finest > 0, resolution > 0, shrink > 1e-3, shrink < 1e3 else { return nil }
    // Both at the lower of the two resolutions.
    var pitch = max(1, 1 / finest, 1 / (shrink * resolution))
    for level in 0...Self.coarsest {
      guard let frame = try DetailFrame(alignment, pitch: pitch, stored: stored, query: query, negative: negative)
      else {
        if level == 0 { return nil }
        return
      }
      let blocks = frame.blocks(enough: Self.enough, least: Self.structure / 4)
      let blur = Self.median(
        blocks.filter { $0.correlation > Self.alike && $0.stored > 8 && $0.query > 3 }.map(\.fineness))
      measure(blocks)
      guard let blur, blur > Self.sameFineness || blur < 1 / Self.sameFineness, frame.leastSide >= Self.leastSide
      else { return }
      pitch *= Self.coarser
    }
  }

  private mutating func measure(_ blocks: [Block]) {
    let agreeing = blocks.filter { $0.correlation > Self.certain && $0.stored > Self.structure && $0.query > 2 }
    let contrast = max(0.2, min(3, Self.median(agreeing.map { $0.query / max(1, $0.stored) }) ?? 1))
    let both = blocks.filter { block in
      let query = block.query / contrast
      return block.stored > Self.structure && query > Self.structure
        && max(query, block.stored) < Self.balance * min(query, block.stored)
    }
    balanced = both.count
    (quality, differing) = (0, 0)
    guard balanced > 0 else { return }
    let sorted = both.map(\.correlation).sorted()
    quality = sorted[min(sorted.count - 1, Int(Double(sorted.count) * Self.quantile))]
    let usual = Self.median(both.filter { $0.correlation > Self.certain }.map(\.fineness)) ?? 1
    let limit = min(quality - Self.distance, Self.low)
    let bad = both.count { block in
      let query = block.query / contrast
      let fineness = block.fineness / max(0.01, usual)
      return block.correlation < limit && max(query, block.stored) < Self.sameStrength * min(query, block.stored)
        && fineness < Self.sameFineness && fineness > 1 / Self.sameFineness
    }
    differing = Double(bad) / Double(balanced)
  }

  /// - Returns: `nil` of fewer than four numbers.
  private static func median(_ numbers: [Double]) -> Double? {
    guard numbers.count >= 4 else { return nil }
    return numbers.sorted()[numbers.count / 2]
  }

  /// What is compared in a block.
  struct Block {
    /// Standard deviations in gray levels.
    var stored: Double
    var query: Double
    /// How much finer the query's structure is than the stored image's.
    var fineness: Double
    /// Best correlation of small displacements, −1...1.
    var correlation: Double
  }
}

/// Where in the query a stored image lies.
struct Alignment: Sendable {
  /// From working pixels of the stored image to those of the upright query.
  let back: Projective
  let shift: LocalShift
  /// Working size of the stored image.
  let width: Double
  let height: Double

  /// Working pixels of the query per one of the stored image, in the middle.
  var shrink: Double {
    let s = back.slope(width / 2, height / 2)
    return abs(s.xx * s.yy - s.xy * s.yx).squareRoot()
  }

  /// The place in the query, which may be outside of it.
  func place(_ x: Double, _ y: Double) -> SIMD2<Double> {
    let s = shift.at(x, y)
    return back.apply(x - s.x, y - s.y)
  }
}

extension Finding {
  /// Compares the image's detail with the query's, see ``DetailAgreement``.
  ///
  /// - Parameters:
  ///   - stored: The stored image or its thumbnail, of any size.
  ///   - image: The query, where it has no pixels of its own.
  /// - Returns: Whether they differ as two images of one template do; `nil` when there are no pixels of the query, or the images were not
  ///   compared.
  /// - Throws: ``OutOfPixelMemory``.
  package func differs(
    from query: QueryFeatures, stored: GrayImage, image: GrayImage? = nil
  ) throws(OutOfPixelMemory) -> Bool? {
    guard let alignment = look.alignment, look.comparison?.isNews == true else { return nil }
    let (width, height) = (Int(query.upright.width), Int(query.upright.height))
    guard
      let plane = query.plane ?? query.sent?.plane
        ?? image.flatMap({ Resampler.scale($0, width: width, height: height) })
    else { return nil }
    var own = Double(query.region.width) / Double(max(1, plane.width))
    if let image, query.plane == nil { own = Double(image.width) / Double(max(1, plane.width)) }
    return try DetailAgreement(
      alignment, stored: stored, query: plane, resolution: min(1, own), negative: query.isNegative)?.differs
  }
}

extension QueryFeatures {
  /// Whether its detail can be compared without an image.
  package var hasDetail: Bool { plane != nil || sent?.hasPixels == true }
}

extension ImageMatch {
  /// Confidence that an image is no copy whose detail differs: of twenty that do, one is.
  private static let certainlyShared = 0.95

  /// Turns a copy into what merely shares something with the query.
  ///
  /// - Parameter found: Confidence that the agreement is no chance.
  mutating func shareOnly(confidence found: Double) {
    kind = .shared
    confidence = found * Self.certainlyShared
  }
}
