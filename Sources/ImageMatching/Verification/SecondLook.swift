import Rasters

/// Other ways to look at a query in which nothing was found: what else it may be a copy of, cheapest first.
package struct SecondLook {
  /// One way to look.
  package enum Way: Sendable, Hashable {
    /// As a negative.
    case negative
    /// Made narrower (below 1) or flatter (above 1), for a copy that was stretched the other way and cropped.
    case stretched(Double)
    /// A part of it, in finer detail: the image looked for may be a small part of a collage.
    case part(PixelRect)

    package var isPart: Bool { if case .part = self { true } else { false } }
  }

  /// By how much a copy is stretched back. What is stretched by 1.2 to 2.6 is within the tolerance of descriptors then.
  private static let stretch = 1.8
  /// Longest side from which on there is more detail in a part than was seen in the whole.
  package static let partsFrom = 1000

  /// The ways to look, in order.
  ///
  /// - Parameters:
  ///   - width: Width of the query in pixels.
  ///   - thorough: With more parts.
  package static func ways(width: Int, height: Int, thorough: Bool) -> [Way] {
    var ways: [Way] = [.negative, .stretched(1 / stretch), .stretched(stretch)]
    guard max(width, height) >= partsFrom else { return ways }
    // Parts overlap by 40 or 50 %, so that whatever is not much smaller than a part is whole in one of them.
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

  /// The query as it is looked at in that way; `nil` when there is too little to see.
  ///
  /// - Parameters:
  ///   - query: What was looked for at first.
  ///   - image: The upright image in gray, maybe scaled down.
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
    case .part(let region):
      return try seen { try QueryFeatures(of: image, originalWidth: width, originalHeight: height, region: region) }?
        .asPartOfWhole.after(query)
    }
  }

  /// What is too simple is not looked at; what there was no memory for must not be left out without a word.
  private static func seen(_ query: () throws -> QueryFeatures) throws(OutOfPixelMemory) -> QueryFeatures? {
    do { return try query() } catch let error as OutOfPixelMemory { throw error } catch { return nil }
  }
}
