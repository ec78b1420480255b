import Rasters

/// The second passes of a search whose first pass found nothing: other forms of the query, cheapest first.
package struct SecondLook {
  /// One form of the query.
  package enum Way: Sendable, Hashable {
    /// The whole image by its outline, for a copy that has few features of the original left.
    case outline
    /// The negative.
    case negative
    /// Made narrower (below 1) or flatter (above 1), for a copy that was stretched the other way and cropped.
    case stretched(Double)
    /// Stretched along a diagonal, for a copy that was sheared.
    case slanted(Slant)
    /// A rectangle that looks like an image of its own, see ``InnerRectangles``.
    case inner(PixelRect)
    /// A region at higher resolution: the indexed image may be a small part of a collage.
    case part(PixelRect)

    package var isPart: Bool {
      switch self {
      case .inner, .part: true
      case .outline, .negative, .stretched, .slanted: false
      }
    }
  }

  /// Maximum number of keypoints of a part. A stretched or slanted form has as many as an image is stored with: they find the same copies as 640,
  /// and take 40 % of the votes' time.
  private static let mostOfPart = 448
  /// Factor of the stretched forms. Copies stretched by 1.2 to 2.6 are then within the tolerance of the descriptors.
  private static let stretch = 1.8
  /// Minimum longest side for parts; a smaller query has no more detail in its parts than in the whole.
  package static let partsFrom = 1000

  /// The forms to search with, in order.
  ///
  /// - Parameters:
  ///   - query: The query of the first pass, of a whole image.
  ///   - thorough: Whether to use more parts.
  package static func ways(of query: QueryFeatures, thorough: Bool) -> [Way] {
    let (width, height) = (query.originalWidth, query.originalHeight)
    var ways: [Way] = [.outline, .negative]
    let parts = max(width, height) >= partsFrom ? parts(width: width, height: height, thorough: thorough) : []
    // Beside the parts of a large query there is no time for these.
    if thorough || parts.isEmpty {
      ways += [.stretched(1 / stretch), .stretched(stretch), .slanted(.falling), .slanted(.rising)]
    }
    let shown = parts.isEmpty ? [] : parts + [PixelRect(x: 0, y: 0, width: width, height: height)]
    let inner = query.innerRectangles.filter { rect in !shown.contains { shows(rect, in: $0) } }
    ways += inner.prefix(thorough || parts.isEmpty ? inner.count : Self.mostBesideParts).map { .inner($0) }
    return ways + parts.map { .part($0) }
  }

  /// Maximum number of rectangles beside the parts of a large query, for the time.
  private static let mostBesideParts = 1
  /// Minimum fraction of a part, or of the whole where there are parts, that a rectangle takes up, to be shown well enough there.
  private static let mostShown = 0.4

  /// Whether a part contains a rectangle that is not much smaller, such as one of four images of a collage.
  private static func shows(_ rect: PixelRect, in part: PixelRect) -> Bool {
    let areas = (Double(rect.width) * Double(rect.height), Double(part.width) * Double(part.height))
    return rect.x >= part.x && rect.y >= part.y && rect.x + rect.width <= part.x + part.width
      && rect.y + rect.height <= part.y + part.height && areas.0 >= mostShown * areas.1
  }

  /// Parts of an image that overlap by 40 or 50 %, so that an image not much smaller than a part is contained in one of them.
  package static func parts(width: Int, height: Int, thorough: Bool) -> [PixelRect] {
    let count = thorough ? 3 : 2
    let (w, h) = thorough ? (width / 2, height / 2) : (width * 5 / 8, height * 5 / 8)
    return (0..<count * count).map { k in
      PixelRect(
        x: (width - w) * (k % count) / (count - 1), y: (height - h) * (k / count) / (count - 1), width: w, height: h)
    }
  }

  /// The features of one form of the query; `nil` when it has too little detail.
  ///
  /// - Parameters:
  ///   - way: The form.
  ///   - query: The query of the first pass.
  ///   - image: The upright image in gray; it may be scaled down.
  /// - Throws: ``OutOfPixelMemory``.
  package static func query(
    _ way: Way, _ query: QueryFeatures, _ image: GrayImage
  ) throws(OutOfPixelMemory) -> QueryFeatures? {
    let (width, height) = (query.originalWidth, query.originalHeight)
    switch way {
    case .outline: return query.outline
    case .negative: return query.negative
    case .stretched(let factor):
      return try seen {
        try QueryFeatures(
          of: image, originalWidth: width, originalHeight: height, stretch: factor, count: FeatureExtractor.indexCount)
      }?.after(query)
    case .slanted(let slant):
      return try seen {
        try QueryFeatures(
          of: image, originalWidth: width, originalHeight: height, slant: slant, count: FeatureExtractor.indexCount)
      }?.after(query)
    case .inner(let region): return try Self.query(.part(region), query, image)?.withOutline
    case .part(let region):
      return try seen {
        try QueryFeatures(
          of: image, originalWidth: width, originalHeight: height, region: region, count: Self.mostOfPart)
      }?.asPartOfWhole.after(query)
    }
  }

  /// Skips a form with too little detail, but reports one that failed for lack of memory.
  private static func seen(_ query: () throws -> QueryFeatures) throws(OutOfPixelMemory) -> QueryFeatures? {
    do { return try query() } catch let error as OutOfPixelMemory { throw error } catch { return nil }
  }
}
