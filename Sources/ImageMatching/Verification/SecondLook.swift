import Rasters

/// The second passes of a search whose first pass found nothing: other forms of the query, cheapest first.
package struct SecondLook {
  /// One form of the query.
  package enum Way: Sendable, Hashable {
    /// The negative.
    case negative
    /// Made narrower (below 1) or flatter (above 1), for a copy that was stretched the other way and cropped.
    case stretched(Double)
    /// Stretched along a diagonal, for a copy that was sheared.
    case slanted(Slant)
    /// A region at higher resolution: the indexed image may be a small part of a collage.
    case part(PixelRect)

    package var isPart: Bool { if case .part = self { true } else { false } }
  }

  /// Factor of the stretched forms. Copies stretched by 1.2 to 2.6 are then within the tolerance of the descriptors.
  private static let stretch = 1.8
  /// Minimum longest side for parts; a smaller query has no more detail in its parts than in the whole.
  package static let partsFrom = 1000

  /// The forms to search with, in order.
  ///
  /// - Parameters:
  ///   - width: Width of the query in pixels.
  ///   - height: Height of the query in pixels.
  ///   - thorough: Whether to use more parts.
  package static func ways(width: Int, height: Int, thorough: Bool) -> [Way] {
    var ways: [Way] = [
      .negative, .stretched(1 / stretch), .stretched(stretch), .slanted(.falling), .slanted(.rising),
    ]
    guard max(width, height) >= partsFrom else { return ways }
    // Parts overlap by 40 or 50 %, so that an image not much smaller than a part is contained in one of them.
    let count = thorough ? 3 : 2
    let (w, h) = thorough ? (width / 2, height / 2) : (width * 5 / 8, height * 5 / 8)
    for row in 0..<count {
      for column in 0..<count {
        let x = (width - w) * column / (count - 1)
        let y = (height - h) * row / (count - 1)
        ways.append(.part(PixelRect(x: x, y: y, width: w, height: h)))
      }
    }
    return ways
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
    case .negative: return query.negative
    case .stretched(let factor):
      return try seen { try QueryFeatures(of: image, originalWidth: width, originalHeight: height, stretch: factor) }?
        .after(query)
    case .slanted(let slant):
      return try seen { try QueryFeatures(of: image, originalWidth: width, originalHeight: height, slant: slant) }?
        .after(query)
    case .part(let region):
      return try seen { try QueryFeatures(of: image, originalWidth: width, originalHeight: height, region: region) }?
        .asPartOfWhole.after(query)
    }
  }

  /// Skips a form with too little detail, but reports one that failed for lack of memory.
  private static func seen(_ query: () throws -> QueryFeatures) throws(OutOfPixelMemory) -> QueryFeatures? {
    do { return try query() } catch let error as OutOfPixelMemory { throw error } catch { return nil }
  }
}
