#if LocalIndex
  import ImageMatching
  import ImageSearch

  extension IndexView {
    /// Looks for the images near stored ones in the postings and the global codes.
    ///
    /// - Parameters:
    ///   - ids: Keys of the images.
    ///   - bands: The codes of each table sorted, see ``sortedCodes()``.
    ///   - features: Their features; an image of which there are none is left out.
    ///   - isWanted: Whether the second of two images (keys) is to be found for the first.
    ///   - body: Receives the key of an image, its features, and the keys of what is near it.
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
            for found in PostingJoin.neighbours(of: own, in: table.postings, scratch: &scratch, isWanted: wants) {
              near.insert(id(table: t, image: found.image))
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

    /// The codes of each table sorted, where that pays when all images are looked up.
    func sortedCodes() throws -> [CodeBands?] {
      try intact { tables in
        tables.map { $0.codes.count / 4 >= CodeBands.worthwhile ? $0.bands ?? CodeBands($0.codes) : nil }
      }
    }

    /// Bits in which the codes of two copies of a whole image differ at most; the codes of two strangers hardly ever differ in fewer than 80.
    private static let nearCode = 64
    /// Images near by their code that are looked at.
    private static let mostByCode = 200
  }
#endif
