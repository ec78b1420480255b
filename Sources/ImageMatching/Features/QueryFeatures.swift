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
  package let upright: FeatureSet
  package let mirrored: FeatureSet
  /// Global codes in the eight orientations of ``Dihedral/all``, of the region without its borders.
  package let codes: [GlobalCode]
  /// How much the codes say, 0...1, see ``GlobalSpectrum/reliability``.
  let codeReliability: Double
  /// The area the codes describe, in working pixels.
  let trim: PixelRect

  /// Makes the features of a query.
  ///
  /// - Parameters:
  ///   - image: The upright image in gray; a decoder may have scaled it down already.
  ///   - originalWidth: Width of the query itself, when `image` is scaled down.
  ///   - originalHeight: Its height.
  ///   - region: The part to look at, in pixels of the query itself; all of it when `nil`.
  /// - Throws: ``MatchingError/tooSmall(width:height:)``, ``MatchingError/tooLittleDetail``, or
  ///   ``MatchingError/badRegion``.
  package init(
    of image: GrayImage, originalWidth: Int? = nil, originalHeight: Int? = nil, region: PixelRect? = nil
  ) throws {
    let width = originalWidth ?? image.width
    let height = originalHeight ?? image.height
    let area = region ?? PixelRect(x: 0, y: 0, width: width, height: height)
    guard width > 0, height > 0, width <= Int(UInt32.max), height <= Int(UInt32.max) else {
      throw MatchingError.tooSmall(width: width, height: height)
    }
    guard area.isInside(width: width, height: height) else { throw MatchingError.badRegion }
    let part = try region == nil ? image : Self.part(of: image, area, width, height)
    let size = Resampler.size(
      width: area.width, height: area.height,
      longest: max(area.width, area.height) >= Self.fineFrom ? Self.fineSide : FeatureExtractor.workingSide)
    let working = try FeatureExtractor.prepare(part, size: size)
    let sets = FeatureExtractor.features(of: working.plane, count: FeatureExtractor.queryCount, forQuery: true)
    guard FeatureExtractor.hasEnoughDetail(working.spectrum, features: sets.upright.count) else {
      throw MatchingError.tooLittleDetail
    }
    self.originalWidth = width
    self.originalHeight = height
    self.region = area
    upright = sets.upright
    mirrored = sets.mirrored
    codes = Dihedral.all.map { working.spectrum.code($0) }
    codeReliability = working.spectrum.reliability
    trim = working.trim
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
