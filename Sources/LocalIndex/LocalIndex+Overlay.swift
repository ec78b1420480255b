#if LocalIndex
  import ImageSearch
  import PictureCodecs
  import PictureMatching

  extension LocalIndex {
    /// The longest side of the match in an overlay, in pixels.
    static let overlaySide = 1024

    /// Draws query and match, aligned (seed 001, "Image overlays"), as a PNG in the frame of the match: at most 1024 pixels a side,
    /// side by side twice as wide.
    ///
    /// The match is drawn from the file that it was added from, if that still has the same bytes, otherwise from its thumbnail. What
    /// neither picture covers is gray.
    ///
    /// - Parameters:
    ///   - query: the picture that was searched with; the whole of it, also when a region was searched.
    ///   - match: a match of this index.
    /// - Throws: ``ImageSearchError``: ``ImageSearchError/Code/invalidArgument`` without a query and for a match that no search of
    ///   a local index gave, ``ImageSearchError/Code/notFound`` when the picture was removed or replaced since, or has neither
    ///   file nor thumbnail; the codes of pictures, and those of the index.
    public func overlay(
      query: ImageSource?, match: Match, style: OverlayStyle, options: CallOptions
    ) async throws -> [UInt8] {
      let control = try control(options)
      try control.check()
      guard let query else {
        throw ImageSearchError.local(.invalidArgument, "query is missing: the local index does not keep queries")
      }
      let target = try OverlayTarget(match)
      let source = try await fetched(query, options: options)
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
      return try PictureDecodingError.translated {
        // A match may be a small part of the query, which has to keep its detail.
        let query = try bytes.withUnsafeBytes {
          try PictureDecoder.decodeColor($0, limits: configuration.limits, targetLongestSide: 2 * Self.overlaySide)
        }
        try control.check()
        let picture = try picture(of: record, control: control).shrunk(longestSide: Self.overlaySide)
        try control.check()
        let drawn = Overlay.draw(
          query: query.picture, querySize: (query.originalWidth, query.originalHeight), match: picture,
          matchSize: (record.record.width, record.record.height), transform: target.transform, style: style.drawn,
          longest: Self.overlaySide)
        guard let drawn else {
          throw ImageSearchError.local(.invalidArgument, "the transform of the match cannot be inverted")
        }
        try control.check()
        return try PictureEncoder.png(drawn)
      }
    }

    /// The row of a match, if it is still that of the picture that was found.
    private func current(_ target: OverlayTarget, control: CallControl) throws -> StoredPicture {
      let stored = try store.read(control) { try $0.picture(itemID: target.itemID, name: target.pictureName) }
      guard let stored, target.describes(stored.record) else {
        throw ImageSearchError.local(
          .notFound, "\(target.pictureName) of \(target.itemID) was removed or replaced since the search")
      }
      return stored
    }

    private func picture(of stored: StoredPicture, control: CallControl) throws -> ColorPicture {
      if let bytes = try original(of: stored.record, control: control) {
        return try bytes.withUnsafeBytes {
          try PictureDecoder.decodeColor($0, limits: configuration.limits, targetLongestSide: Self.overlaySide)
        }.picture
      }
      guard let thumbnail = try store.read(control, { try $0.thumbnail(stored.id) }) else {
        throw ImageSearchError.local(
          .notFound,
          "The file of \(stored.record.name) of \(stored.record.itemID) is not there any more or has changed, and no thumbnail is stored"
        )
      }
      return try PictureDecoder.decodeColor(thumbnail, limits: configuration.limits).picture
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
