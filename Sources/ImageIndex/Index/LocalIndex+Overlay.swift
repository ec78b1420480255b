import ImageSearch

/// The match of an overlay: identifies the index and the stored image.
struct OverlayTarget: Sendable {
  let itemID: String
  let imageName: String
  let transform: AffineMap
  private let width: Int
  private let height: Int
  private let byteCount: Int

  /// - Throws: ``ImageSearchError/Code/invalidArgument`` for a match that was not returned by a search of a local
  ///   index.
  init(_ match: Match) throws {
    guard let itemID = match.itemID, let imageName = match.imageName, let map = match.transform,
      let width = match.width, let height = match.height, let byteCount = match.fileSize,
      [map.m11, map.m12, map.m13, map.m21, map.m22, map.m23].allSatisfy(\.isFinite)
    else {
      throw ImageSearchError.local(.invalidArgument, "match is not one that a search of a local index gave")
    }
    self.itemID = itemID
    self.imageName = imageName
    self.width = width
    self.height = height
    self.byteCount = byteCount
    transform = map
  }

  /// Whether a row is that of the matched image.
  func describes(_ record: ImageRecord) -> Bool {
    record.width == width && record.height == height && record.byteCount == byteCount
  }
}

#if LocalIndex
  import ImageCodecs
  import ImageMatching
  import Rasters

  extension LocalIndex {
    /// The longest side of the match in an overlay, in pixels.
    static let overlaySide = 1024

    /// Draws query and match, aligned (docs/sources/tineye.md, section 8), as a PNG in the frame of the match: at most 1024 pixels a side,
    /// twice as wide when they are side by side.
    ///
    /// The match is drawn from the file that it was added from, if that still has the same bytes, otherwise from its thumbnail. What
    /// neither image covers is gray.
    ///
    /// - Parameters:
    ///   - query: the query image; the whole image, even if only a region of it was searched with.
    ///   - match: a match of this index.
    ///   - options: limits of this call.
    ///   - style: how the two images are drawn.
    /// - Throws: ``ImageSearchError``: ``ImageSearchError/Code/invalidArgument`` without a query, and for a match that
    ///   was not returned by a search of a local index, ``ImageSearchError/Code/notFound`` when the image was removed
    ///   or replaced since, or has neither file nor thumbnail; the codes of images, and those of the index.
    public func overlay(
      of match: Match, query: ImageSource?, style: OverlayStyle, options: CallOptions
    ) async throws -> [UInt8] {
      try await log.call("overlay") { try await overlayNow(of: match, query: query, style, options: options) }
    }

    private func overlayNow(
      of match: Match, query: ImageSource?, _ style: OverlayStyle, options: CallOptions
    ) async throws -> [UInt8] {
      let control = try control(options)
      try control.check()
      guard let query else {
        throw ImageSearchError.local(.invalidArgument, "query is missing: the local index does not keep queries")
      }
      let target = try OverlayTarget(match)
      let source = try await fetched(query, options: options, control: control)
      return try await workers.run(control: control) { [self] in
        try overlayNow(source, target, style, control: control)
      }
    }

    /// Blocks.
    private func overlayNow(
      _ source: ImageSource, _ target: OverlayTarget, _ style: OverlayStyle, control: CallControl
    ) throws -> [UInt8] {
      let record = try current(target, control: control)
      let (bytes, _) = try load(source, control: control)
      return try draw(
        bytes.withUnsafeBytes { Array($0) }, querySize: nil, content(of: record, control: control),
        matchSize: (record.record.width, record.record.height), target.transform, style, control: control)
    }

    /// Draws two encoded images in the frame of the second. Blocks.
    ///
    /// - Parameters:
    ///   - querySize: Size of the upright image that `query` is a smaller version of; `nil` when it is that image.
    ///   - matchSize: The same for the second image.
    func draw(
      _ query: [UInt8], querySize: (width: Int, height: Int)?, _ match: [UInt8], matchSize: (width: Int, height: Int),
      _ transform: AffineMap, _ style: OverlayStyle, control: CallControl
    ) throws -> [UInt8] {
      try ImageDecodingError.translated {
        // The match may be a small part of the query: decode at a resolution that keeps its detail.
        let first = try query.withUnsafeBytes {
          try ImageDecoder.decodeColor(
            $0, limits: configuration.limits, targetLongestSide: 2 * Self.overlaySide,
            check: control.check)
        }
        try control.check()
        let second = try match.withUnsafeBytes {
          try ImageDecoder.decodeColor(
            $0, limits: configuration.limits, targetLongestSide: Self.overlaySide,
            check: control.check)
        }
        let image = try Resampler.shrink(second.image, longest: Self.overlaySide, check: control.check)
        try control.check()
        let drawn = Overlay.draw(
          query: first.image, querySize: querySize ?? (first.originalWidth, first.originalHeight), match: image,
          matchSize: matchSize, transform: transform, style: style.drawn, longest: Self.overlaySide)
        guard let drawn else {
          throw ImageSearchError.local(.invalidArgument, "the transform of the match cannot be inverted")
        }
        try control.check()
        return try ImageEncoder.png(drawn, check: control.check)
      }
    }

    /// The row of a match, if the image has not been replaced.
    private func current(_ target: OverlayTarget, control: CallControl) throws -> StoredImage {
      let stored = try store.read(control) { try $0.image(itemID: target.itemID, name: target.imageName) }
      guard let stored, target.describes(stored.record) else {
        throw ImageSearchError.local(
          .notFound, "\(target.imageName) of \(target.itemID) was removed or replaced since the search")
      }
      return stored
    }
  }

  extension OverlayStyle {
    fileprivate var drawn: Overlay.Style {
      switch self {
      case .aligned: .halves
      case .sideBySide: .sideBySide
      case .blend: .blend
      }
    }
  }
#endif
