#if LocalIndex
  import FoundationEssentials
  import ImageSearch

  extension LocalIndex {
    /// Which groups ``LocalIndex/groups(_:options:progress:)`` looks for.
    public struct GroupOptions: Sendable, Hashable {
      /// Pairs that are less certain do not count, 0...1. Default 0: the engine's own cut-off.
      public var minimumConfidence: Double
      /// Relations that count. ``Match/Relation/identical``, ``Match/Relation/reencoded`` and ``Match/Relation/altered`` make groups;
      /// ``Match/Relation/partial`` and ``Match/Relation/shared`` only list an image beside a group. Default: the four copies.
      public var relations: Set<Match.Relation>
      /// Only images of this category; `nil` for all.
      public var category: String?
      /// Whether images of different categories may be in one group. Default `true`.
      public var acrossCategories: Bool
      /// Only groups that have got a member since; `nil` for all.
      public var addedSince: Date?
      /// Which member is the best one, and so the one that is suggested to be kept. Default ``Keep/largest``.
      public var keep: Keep
      /// Whether images of one item count as copies of each other. Default `false`: front and back of a product are its own affair.
      public var withinItems: Bool
      /// Number of groups, the ones with the best members first; `nil` for all.
      public var limit: Int?

      /// All groups, the largest member of each first.
      public init(
        minimumConfidence: Double = 0, relations: Set<Match.Relation> = Match.Relation.copies, category: String? = nil,
        acrossCategories: Bool = true, addedSince: Date? = nil, keep: Keep = .largest, withinItems: Bool = false,
        limit: Int? = nil
      ) {
        self.minimumConfidence = minimumConfidence
        self.relations = relations
        self.category = category
        self.acrossCategories = acrossCategories
        self.addedSince = addedSince
        self.keep = keep
        self.withinItems = withinItems
        self.limit = limit
      }

      func check() throws {
        try Validation.range("minimumConfidence", minimumConfidence, 0...1)
        if let limit { try Validation.range("limit", limit, 1...Int(Int32.max)) }
        guard !relations.isDisjoint(with: Self.joining) else {
          throw ImageSearchError.local(
            .invalidArgument,
            "relations has none that makes a group; at least one of identical, reencoded, altered must be there")
        }
      }

      /// Relations that make a group.
      static let joining: Set<Match.Relation> = [.identical, .reencoded, .altered]
    }

    /// A rule by which the best of some copies is chosen. Ties of each rule are broken by the next ones: more pixels, a lossless format, more
    /// bytes, the earlier date, then item id and image name.
    public struct Keep: RawRepresentable, Sendable, Hashable {
      /// For instance `"largest"`.
      public let rawValue: String

      /// A rule by its name; ``groups(_:options:progress:)`` refuses one that it does not know.
      public init(rawValue: String) { self.rawValue = rawValue }

      /// Most pixels.
      public static let largest = Keep(rawValue: "largest")
      /// Lossless formats (PNG, BMP, TIFF, GIF) first, then most bytes a pixel: each recompression of an image takes some away.
      public static let leastRecompressed = Keep(rawValue: "leastRecompressed")
      /// The earliest date: when the image was taken, as its EXIF data say, else when its file was changed; images that tell neither come
      /// last.
      public static let oldest = Keep(rawValue: "oldest")
    }

    /// Images that are copies of each other.
    public struct Group: Sendable, Hashable {
      /// The best member first: the one that is suggested to be kept. Each of the others is a verified copy of it; at least two, in the
      /// order of the rule. An image is a member of one group at most.
      public var members: [Member]
      /// Images that show a part of the best member, or contain it, or share something with it, as far as ``GroupOptions/relations``
      /// asks for them; surest first. An image may be listed with many groups.
      public var related: [Member]
    }

    /// An image in a group.
    public struct Member: Sendable, Hashable {
      /// The image.
      public var image: Image
      /// How it belongs to the group's best member: ``Match/Relation/identical`` for that one itself.
      public var relation: Match.Relation
      /// How certain that is, 0...1.
      public var confidence: Double
      /// How little was changed, 0...100.
      public var score: Double
      /// Percent of the best member that this image covers.
      public var bestOverlap: Double
      /// Percent of this image that the best member covers.
      public var imageOverlap: Double
      /// From pixels of the best member to pixels of this image.
      public var transform: AffineMap
      /// Whether it is a mirror image of the best member.
      public var isMirrored: Bool
    }
  }
#endif
