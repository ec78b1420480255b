#if LocalIndex
  import ImageMatching
  import ImageSearch

  /// A stored image, ready to be compared with others by what is stored of them.
  struct StoredComparison {
    private let query: QueryFeatures
    private let matcher: Matcher

    /// - Parameter populationSize: Number of images of the index: the more there are, the more evidence a match needs.
    init(_ features: ImageFeatures, populationSize: Int) {
      query = QueryFeatures(stored: features)
      matcher = Matcher(query, indexSize: populationSize)
    }

    /// The codes of the image as it is, turned and mirrored, in the order of ``Dihedral/all``.
    var codes: [GlobalCode] { query.codes }

    /// Compares with another stored image. Everything is tried, so that the result does not depend on how the pair was found.
    ///
    /// - Returns: `nil` when nothing speaks for the two showing the same.
    func match(_ other: ImageFeatures) -> ImageMatch? {
      matcher.match(other, .everything(of: query, other))
    }
  }
#endif
