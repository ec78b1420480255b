import Rasters

/// The features of a query.
package struct QueryFeatures: Sendable {
  /// Longest side of the working image of a query of at least ``fineFrom`` pixels. Larger than for stored images, because the
  /// indexed image may be a small part of the query.
  package static let fineSide = 768
  /// Minimum longest side in pixels of a query that is scaled to ``fineSide``.
  package static let fineFrom = 640

  /// Size of the query itself in pixels, upright.
  package let originalWidth: Int
  package let originalHeight: Int
  /// The region that is searched with, in pixels of the query.
  package let region: PixelRect
  /// Local features of the query and of its left-right mirror image.
  package internal(set) var upright: FeatureSet
  package internal(set) var mirrored: FeatureSet
  /// Global codes in the eight orientations of ``Dihedral/all``, of the region without its borders; empty for a second pass that
  /// cannot find anything new by them.
  package internal(set) var codes: [GlobalCode]
  /// Whether this is the negative of the given image.
  package internal(set) var isNegative = false
  /// Whether whole images are compared by their outlines, see ``Outline``.
  private(set) var outlineUse = OutlineUse.none
  /// In a second pass, the query of the first one; otherwise empty.
  private(set) var firstLook: [QueryFeatures] = []
  /// Reliability of the codes, 0...1, see ``GlobalSpectrum/reliability``.
  let codeReliability: Double
  /// The area the codes describe, in working pixels.
  let trim: PixelRect

  /// The region's fraction of the original query: less than 1 when the engine chose the region in a second pass.
  private var shareOfRegion = 1.0
  /// How the working image is slanted in a second pass; `nil` when it is upright.
  let slant: Slant?

  /// The scale space of the working image, which stored images are compared with.
  var space: ScaleSpace? { ownSpace ?? sent?.space }
  let ownSpace: ScaleSpace?
  /// The miniature of a stored image used as a query, or of a query that was received without pixels.
  let miniature: Miniature?
  /// The working image in whole gray levels, for encoding; `nil` for a query that was not computed from pixels.
  let plane: Plane?
  /// The pixels of a received query; `nil` for one that was computed here.
  let sent: SentPixels?

  /// Computes the features of a query.
  ///
  /// - Parameters:
  ///   - image: The upright image in gray; a decoder may have scaled it down already.
  ///   - originalWidth: Width of the query itself, when `image` is scaled down.
  ///   - originalHeight: Its height.
  ///   - region: The part to search with, in pixels of the query itself; all of it when `nil`.
  ///   - stretch: Factor by which the image is made narrower (below 1) or flatter (above 1), for copies that were stretched.
  ///   - slant: How the image is stretched along a diagonal, for copies that were sheared.
  ///   - count: Maximum number of keypoints.
  /// - Throws: ``MatchingError/tooSmall(width:height:)``, ``MatchingError/tooLittleDetail``, or
  ///   ``MatchingError/badRegion``.
  package init(
    of image: GrayImage, originalWidth: Int? = nil, originalHeight: Int? = nil, region: PixelRect? = nil,
    stretch: Double? = nil, slant: Slant? = nil, count: Int = FeatureExtractor.queryCount
  ) throws {
    let width = originalWidth ?? image.width
    let height = originalHeight ?? image.height
    let area = region ?? PixelRect(x: 0, y: 0, width: width, height: height)
    guard width > 0, height > 0, width <= Int(UInt32.max), height <= Int(UInt32.max) else {
      throw MatchingError.tooSmall(width: width, height: height)
    }
    guard area.isInside(width: width, height: height) else { throw MatchingError.badRegion }
    let size = slant?.contentSize(area) ?? Self.size(area, stretch: stretch)
    let memory = try WorkingMemory(
      FeatureExtractor.workingBytes(slant?.size(size) ?? size) + (region == nil ? 0 : 2 * image.width * image.height))
    defer { withExtendedLifetime(memory) {} }
    let part = try region == nil ? image : Self.part(of: image, area, width, height)
    let working = try FeatureExtractor.prepare(part, size: size)
    // An encoded query has one byte per pixel, and must lead to the same features as this one.
    let plane = (slant?.applied(to: working.plane) ?? working.plane).inWholeLevels
    let sets = FeatureExtractor.features(of: plane, count: count, forQuery: true)
    guard FeatureExtractor.hasEnoughDetail(working.spectrum, features: sets.upright.count) else {
      throw MatchingError.tooLittleDetail
    }
    self.originalWidth = width
    self.originalHeight = height
    self.region = area
    upright = sets.upright
    mirrored = sets.mirrored
    ownSpace = sets.space
    miniature = nil
    self.plane = plane
    sent = nil
    codes = stretch == nil && slant == nil ? Dihedral.all.map { working.spectrum.code($0) } : []
    codeReliability = working.spectrum.reliability
    trim = slant == nil ? working.trim : PixelRect(x: 0, y: 0, width: plane.width, height: plane.height)
    self.slant = slant
  }

  /// Creates a received query, see ``init(encoded:)``.
  init(_ parts: EncodedLook) {
    (originalWidth, originalHeight, region) = (parts.originalWidth, parts.originalHeight, parts.region)
    (upright, mirrored) = (parts.upright, parts.mirrored)
    (codes, codeReliability, trim) = (parts.codes, parts.codeReliability, parts.trim)
    ownSpace = nil
    miniature = parts.miniature
    plane = nil
    sent = SentPixels(parts.pixels, width: Int(parts.upright.width), height: Int(parts.upright.height))
    slant = parts.slant
    if parts.isPart { shareOfRegion = share }
  }

  /// Size of the working image.
  private static func size(_ area: PixelRect, stretch: Double?) -> (width: Int, height: Int) {
    guard let stretch else {
      return Resampler.size(
        width: area.width, height: area.height,
        longest: max(area.width, area.height) >= fineFrom ? fineSide : FeatureExtractor.workingSide)
    }
    // A flatter image keeps its width, so that no resolution is lost on the other axis.
    let size = Resampler.size(width: area.width, height: area.height, longest: FeatureExtractor.workingSide)
    let (w, h) =
      stretch < 1
      ? (Double(size.width) * stretch, Double(size.height)) : (Double(size.width), Double(size.height) / stretch)
    let grow = Double(FeatureExtractor.workingSide) / max(w, h)
    return (max(1, Int((w * grow).rounded())), max(1, Int((h * grow).rounded())))
  }

  enum OutlineUse: Sendable {
    case none
    /// For images in which features find nothing.
    case also
    /// Instead of features.
    case only
  }

  /// Whether this is the query of a second pass, see ``SecondLook``.
  var isSecondLook: Bool { outlineUse == .only || isNegative || codes.isEmpty || isPart }
  /// Whether the engine chose the region.
  var isPart: Bool { shareOfRegion < 1 }

  /// From pixels of the original query to those of the working image.
  var fromOriginal: AffineMap {
    let (width, height) = (Double(upright.width), Double(upright.height))
    let whole = slant?.content(width, height) ?? (width, height)
    let (sx, sy) = (whole.0 / Double(region.width), whole.1 / Double(region.height))
    let scaled = AffineMap(m11: sx, m12: 0, m13: -Double(region.x) * sx, m21: 0, m22: sy, m23: -Double(region.y) * sy)
    return slant.map { scaled.then($0.map(whole.0, whole.1)) } ?? scaled
  }

  /// The fraction of the original query that the working image shows, by which a part of the working image is multiplied. More than 1
  /// for a slanted one, whose corners are empty.
  var shareOfWhole: Double {
    guard let slant else { return shareOfRegion }
    return slant.emptiness(Double(upright.width), Double(upright.height))
  }

  /// The features of the negative. Its gradients have the opposite direction, which exchanges bits of the signatures, so no descriptor is
  /// computed again.
  package var negative: QueryFeatures {
    var other = self
    other.upright = upright.negative
    other.mirrored = mirrored.negative
    other.codes = codes.map(\.negative)
    other.isNegative = true
    return other.after(self)
  }

  /// This query by its outline, as a second pass.
  package var outline: QueryFeatures {
    var other = self
    other.outlineUse = .only
    return other.after(self)
  }

  /// This query, of an inner rectangle, by its outline too.
  package var withOutline: QueryFeatures {
    var other = self
    other.outlineUse = .also
    return other
  }

  /// The rectangles that look like images of their own, in pixels of the query.
  var innerRectangles: [PixelRect] {
    guard let plane else { return [] }
    return InnerRectangles.find(in: plane).map {
      $0.scaled(from: (plane.width, plane.height), to: (originalWidth, originalHeight))
    }
  }

  /// This query as a second pass.
  ///
  /// - Parameter first: The query of the first pass.
  package func after(_ first: QueryFeatures) -> QueryFeatures {
    var other = self
    other.firstLook = [first]
    return other
  }

  /// This query with overlaps that refer to the whole image instead of the region.
  var asPartOfWhole: QueryFeatures {
    var other = self
    other.shareOfRegion = share
    return other
  }

  /// The region's fraction of the whole image.
  private var share: Double {
    Double(region.width) * Double(region.height) / (Double(originalWidth) * Double(originalHeight))
  }

  /// Crops an image, which may be scaled down, to a region.
  private static func part(of image: GrayImage, _ area: PixelRect, _ width: Int, _ height: Int) throws
    -> GrayImage
  {
    let sx = Double(image.width) / Double(width)
    let sy = Double(image.height) / Double(height)
    let left = max(0, min(image.width, Int((Double(area.x) * sx).rounded())))
    let top = max(0, min(image.height, Int((Double(area.y) * sy).rounded())))
    let right = max(left, min(image.width, Int((Double(area.x + area.width) * sx).rounded())))
    let bottom = max(top, min(image.height, Int((Double(area.y + area.height) * sy).rounded())))
    var pixels: [UInt8] = []
    pixels.reserveCapacity((right - left) * (bottom - top))
    for y in top..<bottom { pixels += image.pixels[y * image.width + left..<y * image.width + right] }
    guard let part = GrayImage(width: right - left, height: bottom - top, pixels: pixels) else {
      throw MatchingError.badRegion
    }
    return part
  }
}

extension QueryFeatures {
  /// Creates a query from the stored data of an image.
  ///
  /// The miniature replaces the pixels, and the codes of the other orientations are computed from it.
  package init(stored: ImageFeatures) {
    let spectrum = stored.miniature.flatMap { miniature -> GlobalSpectrum? in
      let plane = Plane(unchecked: miniature.width, miniature.height, miniature.pixels.map(Float.init))
      let size = stored.workingSize
      let (sx, sy) = (Double(miniature.width) / Double(size.width), Double(miniature.height) / Double(size.height))
      let left = max(0, min(miniature.width - 1, Int((Double(stored.trim.x) * sx).rounded())))
      let top = max(0, min(miniature.height - 1, Int((Double(stored.trim.y) * sy).rounded())))
      let right = Int((Double(stored.trim.x + stored.trim.width) * sx).rounded())
      let bottom = Int((Double(stored.trim.y + stored.trim.height) * sy).rounded())
      return GlobalSpectrum(
        of: plane,
        area: PixelRect(
          x: left, y: top, width: max(1, min(miniature.width, right) - left),
          height: max(1, min(miniature.height, bottom) - top)))
    }
    let set = stored.set
    originalWidth = stored.originalWidth
    originalHeight = stored.originalHeight
    region = PixelRect(x: 0, y: 0, width: stored.originalWidth, height: stored.originalHeight)
    upright = set
    mirrored = set.mirrored
    codes = Dihedral.all.map { $0 == .identity ? stored.globalCode : spectrum?.code($0) ?? stored.globalCode }
    codeReliability = spectrum?.reliability ?? 1
    trim = stored.trim
    ownSpace = nil
    plane = nil
    sent = nil
    slant = nil
    miniature = stored.miniature
  }
}
