#if LocalIndex
  import ImageMatching
  import ImageSearch

  extension IndexView {
    /// Finds candidates for stored images by postings and global codes.
    ///
    /// - Parameters:
    ///   - ids: Keys of the images.
    ///   - bands: The sorted codes of each table, see ``sortedCodes()``.
    ///   - features: Their features; an image without features is skipped.
    ///   - isWanted: Whether the second of two images (keys) may be a candidate for the first.
    ///   - body: Receives the key of an image, its features, and the keys of its candidates.
    /// - Throws: ``SegmentDamage``, and what `features` and `body` throw.
    func forEachNeighbourhood(
      of ids: [Int64], bands: [CodeBands?], features: (Int64) throws -> ImageFeatures?,
      codes: (ImageFeatures) -> [GlobalCode],
      isWanted: (_ image: Int64, _ other: Int64) -> Bool,
      _ body: (_ image: Int64, _ features: ImageFeatures, _ near: [Int64]) throws -> Void
    ) throws {
      try intact { tables in
        var scratch = PostingJoin.Scratch()
        for image in ids {
          guard let own = try features(image) else { continue }
          let codes = codes(own)
          var near: Set<Int64> = []
          for (t, table) in tables.enumerated() {
            func wants(_ number: Int) -> Bool {
              self.isWanted(table: t, image: number, category: nil) && isWanted(image, id(table: t, image: number))
            }
            for number in PostingJoin.neighbours(of: own, in: table.postings, scratch: &scratch, isWanted: wants) {
              near.insert(id(table: t, image: number))
            }
            let sorted = t < bands.count ? bands[t] : nil
            let hits = CandidateSearch.Table(postings: table.postings, codes: table.codes, bands: sorted ?? table.bands)
              .nearest(to: codes, within: Self.nearCode, limit: Self.mostByCode)
            for hit in hits where wants(hit.index) { near.insert(id(table: t, image: hit.index)) }
          }
          try body(image, own, near.sorted())
        }
      }
    }

    /// The codes of each table, sorted if that is faster when every image is looked up.
    func sortedCodes() throws -> [CodeBands?] {
      try intact { tables in
        tables.map { $0.codes.count / 4 >= CodeBands.worthwhile ? $0.bands ?? CodeBands($0.codes) : nil }
      }
    }

    /// Maximum Hamming distance of the 256-bit codes of two copies of a whole image; that of two unrelated images is
    /// hardly ever below 80.
    private static let nearCode = 64
    /// Maximum number of candidates by code.
    private static let mostByCode = 200
  }
#endif
