#if LocalIndex
  import FoundationEssentials
  import ImageSearch

  extension LocalIndex {
    /// Options of ``LocalIndex/groups(_:options:progress:)``.
    public struct GroupOptions: Sendable, Hashable {
      /// Minimum confidence of a pair, 0...1. Default 0: the engine's own cut-off.
      public var minimumConfidence: Double
      /// Relations to consider. ``Match/Relation/identical``, ``Match/Relation/reencoded`` and
      /// ``Match/Relation/altered`` form groups; ``Match/Relation/partial`` and ``Match/Relation/shared`` only list an
      /// image beside a group. Default: all but ``Match/Relation/shared``.
      public var relations: Set<Match.Relation>
      /// Only images of this category; `nil` for all.
      public var category: String?
      /// Whether images of different categories may be in one group. Default `true`.
      public var acrossCategories: Bool
      /// Only groups with a member that was added at this time or later; `nil` for all.
      public var addedSince: Date?
      /// Which member is the best one, that is, the one suggested to be kept. Default ``Keep/largest``.
      public var keep: Keep
      /// Whether images of the same item may be in one group. Default `false`: several views of one product are no
      /// duplicates.
      public var withinItems: Bool
      /// Maximum number of groups, those with the best first members first; `nil` for all.
      public var limit: Int?

      /// The defaults: all groups, with the largest member of each first.
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

      /// Relations that form a group.
      static let joining: Set<Match.Relation> = [.identical, .reencoded, .altered]
    }

    /// The rule that selects the best of several copies. Ties are broken by more pixels, a lossless format, more bytes,
    /// the earlier date, then item id and image name.
    public struct Keep: RawRepresentable, Sendable, Hashable {
      /// For instance `"largest"`.
      public let rawValue: String

      /// A rule by its name; ``groups(_:options:progress:)`` rejects unknown names.
      public init(rawValue: String) { self.rawValue = rawValue }

      /// Most pixels.
      public static let largest = Keep(rawValue: "largest")
      /// Lossless formats (PNG, BMP, TIFF, GIF) first, then most bytes per pixel, which each recompression reduces.
      public static let leastRecompressed = Keep(rawValue: "leastRecompressed")
      /// The earliest date: when the image was taken according to its EXIF data, otherwise when its file was changed;
      /// images with neither come last.
      public static let oldest = Keep(rawValue: "oldest")
    }

    /// Images that are copies of each other.
    public struct Group: Sendable, Hashable {
      /// At least two members in the order of ``GroupOptions/keep``: the first is suggested to be kept, and each of the
      /// others is a verified copy of it. An image is a member of at most one group.
      public var members: [Member]
      /// Images that show a part of the best member, contain it, or share content with it, if
      /// ``GroupOptions/relations`` asks for them; sorted by confidence, highest first. An image may be related to
      /// several groups.
      public var related: [Member]
    }

    /// An image in a group.
    public struct Member: Sendable, Hashable {
      /// The image.
      public var image: Image
      /// Its relation to the group's best member; ``Match/Relation/identical`` for the best member itself.
      public var relation: Match.Relation
      /// Confidence in the relation, 0...1.
      public var confidence: Double
      /// How little was changed, 0...100.
      public var score: Double
      /// Percentage of the best member that this image covers, 0...100.
      public var bestOverlap: Double
      /// Percentage of this image that the best member covers, 0...100.
      public var imageOverlap: Double
      /// Maps pixels of the best member to pixels of this image.
      public var transform: AffineMap
      /// Whether it is a mirror image of the best member.
      public var isMirrored: Bool
    }
  }
#endif
