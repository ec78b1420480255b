import Rasters

/// What is known of an image that is looked for.
package struct QueryFeatures: Sendable {
  /// Longest side of the working image of a query of at least ``fineFrom`` pixels: finer than the index's, because the
  /// image looked for may be a small part of the query.
  package static let fineSide = 768
  /// Longest side in pixels from which on there is finer detail to use.
  package static let fineFrom = 640

  /// Size of the query itself in pixels, upright.
  package let originalWidth: Int
  package let originalHeight: Int
  /// The part of it that is looked at, in its own pixels.
  package let region: PixelRect
  /// Local features, as it is and mirrored left to right.
  package internal(set) var upright: FeatureSet
  package internal(set) var mirrored: FeatureSet
  /// Global codes in the eight orientations of ``Dihedral/all``, of the region without its borders; none for a second look that
  /// could find nothing new by them.
  package internal(set) var codes: [GlobalCode]
  /// Whether this is the negative of the image that was given.
  package internal(set) var isNegative = false
  /// What was looked at before, when this is a second look: one, or none.
  private(set) var firstLook: [QueryFeatures] = []
  /// How much the codes say, 0...1, see ``GlobalSpectrum/reliability``.
  let codeReliability: Double
  /// The area the codes describe, in working pixels.
  let trim: PixelRect

  /// The share of the query that was asked about which the region is: less than 1 when the region is the engine's own choice.
  private(set) var shareOfWhole = 1.0

  /// The working image at rising blur: what a stored image is laid onto.
  var space: ScaleSpace? { ownSpace ?? sent?.space }
  let ownSpace: ScaleSpace?
  /// The same in small, of a stored image that takes the place of a query, or of a query that came without pixels.
  let miniature: Miniature?
  /// The working image in whole gray levels, to send it; `nil` for what was not made from pixels.
  let plane: Plane?
  /// What came with a query that was sent; `nil` for one that was made here.
  let sent: SentPixels?

  /// Makes the features of a query.
  ///
  /// - Parameters:
  ///   - image: The upright image in gray; a decoder may have scaled it down already.
  ///   - originalWidth: Width of the query itself, when `image` is scaled down.
  ///   - originalHeight: Its height.
  ///   - region: The part to look at, in pixels of the query itself; all of it when `nil`.
  ///   - stretch: How much narrower (below 1) or flatter (above 1) the image is made, for copies that were stretched.
  /// - Throws: ``MatchingError/tooSmall(width:height:)``, ``MatchingError/tooLittleDetail``, or
  ///   ``MatchingError/badRegion``.
  package init(
    of image: GrayImage, originalWidth: Int? = nil, originalHeight: Int? = nil, region: PixelRect? = nil,
    stretch: Double? = nil
  ) throws {
    let width = originalWidth ?? image.width
    let height = originalHeight ?? image.height
    let area = region ?? PixelRect(x: 0, y: 0, width: width, height: height)
    guard width > 0, height > 0, width <= Int(UInt32.max), height <= Int(UInt32.max) else {
      throw MatchingError.tooSmall(width: width, height: height)
    }
    guard area.isInside(width: width, height: height) else { throw MatchingError.badRegion }
    let size = Self.size(area, stretch: stretch)
    let memory = try WorkingMemory(
      FeatureExtractor.workingBytes(size) + (region == nil ? 0 : 2 * image.width * image.height))
    defer { withExtendedLifetime(memory) {} }
    let part = try region == nil ? image : Self.part(of: image, area, width, height)
    let working = try FeatureExtractor.prepare(part, size: size)
    // A query that is sent has a byte a pixel, and must not be another one than this.
    let plane = working.plane.inWholeLevels
    let sets = FeatureExtractor.features(of: plane, count: FeatureExtractor.queryCount, forQuery: true)
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
    codes = stretch == nil ? Dihedral.all.map { working.spectrum.code($0) } : []
    codeReliability = working.spectrum.reliability
    trim = working.trim
  }

  /// A query that was made elsewhere, see ``init(encoded:)``.
  init(_ parts: EncodedLook) {
    (originalWidth, originalHeight, region) = (parts.originalWidth, parts.originalHeight, parts.region)
    (upright, mirrored) = (parts.upright, parts.mirrored)
    (codes, codeReliability, trim) = (parts.codes, parts.codeReliability, parts.trim)
    ownSpace = nil
    miniature = parts.miniature
    plane = nil
    sent = SentPixels(parts.pixels, width: Int(parts.upright.width), height: Int(parts.upright.height))
    if parts.isPart { shareOfWhole = share }
  }

  /// Size of the working image.
  private static func size(_ area: PixelRect, stretch: Double?) -> (width: Int, height: Int) {
    guard let stretch else {
      return Resampler.size(
        width: area.width, height: area.height,
        longest: max(area.width, area.height) >= fineFrom ? fineSide : FeatureExtractor.workingSide)
    }
    // What is made flatter is as wide as before, so that nothing is lost on the other axis.
    let size = Resampler.size(width: area.width, height: area.height, longest: FeatureExtractor.workingSide)
    let (w, h) =
      stretch < 1
      ? (Double(size.width) * stretch, Double(size.height)) : (Double(size.width), Double(size.height) / stretch)
    let grow = Double(FeatureExtractor.workingSide) / max(w, h)
    return (max(1, Int((w * grow).rounded())), max(1, Int((h * grow).rounded())))
  }

  /// Whether this is another way to look at an image in which nothing was found, see ``SecondLook``.
  var isSecondLook: Bool { isNegative || codes.isEmpty || shareOfWhole < 1 }

  /// The negative: gradients point the other way, which exchanges bits of signatures, and nothing is described again.
  package var negative: QueryFeatures {
    var other = self
    other.upright = upright.negative
    other.mirrored = mirrored.negative
    other.codes = codes.map(\.negative)
    other.isNegative = true
    return other.after(self)
  }

  /// The same as a second look.
  ///
  /// - Parameter first: What was looked at before.
  package func after(_ first: QueryFeatures) -> QueryFeatures {
    var other = self
    other.firstLook = [first]
    return other
  }

  /// The same, with overlaps that refer to the whole image in place of the region.
  var asPartOfWhole: QueryFeatures {
    var other = self
    other.shareOfWhole = share
    return other
  }

  /// The share of the whole image that the region is.
  private var share: Double {
    Double(region.width) * Double(region.height) / (Double(originalWidth) * Double(originalHeight))
  }

  /// Cuts a region out of an image that may be scaled down.
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
  /// A stored image as a query, from what is stored of it alone.
  ///
  /// Less is known than of an image at hand: its miniature takes the place of its pixels, and the codes of the turned and mirrored
  /// image come from the miniature.
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
    miniature = stored.miniature
  }
}
