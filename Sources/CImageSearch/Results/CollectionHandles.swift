import CImageSearchHeader
import FoundationEssentials
import ImageSearch

#if LocalIndex
  import ImageIndex
#endif

/// Behind `imagesearch_images`.
final class ImagesHandle: Handle, Sendable {
  nonisolated(unsafe) let images: [imagesearch_stored_image]
  let checkedCount: Int
  // Written only during initialisation.
  private nonisolated(unsafe) let arena: Arena

  /// - Parameter make: creates the images in the arena, and returns how many were checked; `nil` for the number of
  ///   images.
  init(_ make: (Arena) throws -> (images: [imagesearch_stored_image], checkedCount: Int?)) rethrows {
    arena = Arena()
    let (images, checkedCount) = try make(arena)
    self.images = images
    self.checkedCount = checkedCount ?? images.count
  }
}

/// Behind `imagesearch_group`.
final class GroupHandle: Handle, Sendable {
  /// The members, followed by the related images.
  nonisolated(unsafe) let images: [imagesearch_group_member]
  let memberCount: Int
  private nonisolated(unsafe) let arena: Arena

  init(_ make: (Arena) throws -> (members: [imagesearch_group_member], related: [imagesearch_group_member])) rethrows {
    arena = Arena()
    let (members, related) = try make(arena)
    images = members + related
    memberCount = members.count
  }

  static var unknown: imagesearch_group_member {
    var member = imagesearch_group_member()
    member.is_mirrored = -1
    (member.confidence, member.score, member.best_overlap, member.image_overlap) = (.nan, .nan, .nan, .nan)
    member.transform = (.nan, .nan, .nan, .nan, .nan, .nan)
    return member
  }
}

/// Behind `imagesearch_comparison`.
final class ComparisonHandle: Handle, Sendable {
  nonisolated(unsafe) let fields: imagesearch_comparison_fields
  private nonisolated(unsafe) let arena: Arena

  init(_ make: (Arena) throws -> imagesearch_comparison_fields) rethrows {
    arena = Arena()
    fields = try make(arena)
  }

  static var unknown: imagesearch_comparison_fields {
    var fields = imagesearch_comparison_fields()
    (fields.is_mirrored, fields.code_distance) = (-1, -1)
    (fields.first_features, fields.second_features, fields.inliers) = (-1, -1, -1)
    (fields.confidence, fields.score, fields.evidence) = (.nan, .nan, .nan)
    (fields.first_overlap, fields.second_overlap) = (.nan, .nan)
    (fields.agreeing, fields.differing, fields.empty) = (.nan, .nan, .nan)
    fields.transform = (.nan, .nan, .nan, .nan, .nan, .nan)
    return fields
  }
}

/// Behind `imagesearch_categories`.
final class CategoriesHandle: Handle, Sendable {
  nonisolated(unsafe) let list: UnsafePointer<imagesearch_category>?
  let count: Int
  private nonisolated(unsafe) let arena: Arena

  init(_ categories: [(name: String, count: Int)]) throws {
    let arena = Arena()
    list = try arena.add(
      categories.map { imagesearch_category(name: try arena.add($0.name), image_count: Int64($0.count)) })
    count = categories.count
    self.arena = arena
  }
}

extension imagesearch_stored_image {
  static var unknown: imagesearch_stored_image {
    var image = imagesearch_stored_image()
    (image.width, image.height, image.file_size) = (-1, -1, -1)
    image.added_at = .nan
    return image
  }
}

#if LocalIndex
  extension ImagesHandle {
    convenience init(_ images: [LocalIndex.Image]) throws {
      try self.init { arena in (try images.map { try imagesearch_stored_image($0, arena) }, nil) }
    }

    convenience init(_ items: [LocalIndex.Item]) throws {
      try self.init { arena in
        let images = try items.flatMap { item in
          try item.images.map { try imagesearch_stored_image($0, arena, position: item.position) }
        }
        return (images, nil)
      }
    }

    convenience init(_ report: LocalIndex.PruneReport) throws {
      try self.init { arena in
        let gone = try report.gone.map { try imagesearch_stored_image($0, arena) }
        let unknown = try report.unknown.map { try imagesearch_stored_image($0.image, arena, reason: $0.reason) }
        return (gone + unknown, report.checkedCount)
      }
    }
  }

  extension GroupHandle {
    convenience init(_ group: LocalIndex.Group) throws {
      try self.init { arena in
        (try group.members.map { try Self.member($0, arena) }, try group.related.map { try Self.member($0, arena) })
      }
    }

    private static func member(_ member: LocalIndex.Member, _ arena: Arena) throws -> imagesearch_group_member {
      let map = member.transform
      return imagesearch_group_member(
        struct_size: MemoryLayout<imagesearch_group_member>.size,
        image: try arena.add([imagesearch_stored_image(member.image, arena)]),
        relation: Match.Relation.numbers[member.relation] ?? 0, is_mirrored: member.isMirrored ? 1 : 0,
        confidence: member.confidence, score: member.score, best_overlap: member.bestOverlap,
        image_overlap: member.imageOverlap, transform: (map.m11, map.m12, map.m13, map.m21, map.m22, map.m23))
    }
  }

  extension ComparisonHandle {
    convenience init(_ comparison: LocalIndex.Comparison) throws {
      try self.init { arena in
        let explanation = comparison.explanation
        var fields = Self.unknown
        fields.relation = comparison.relation.flatMap { Match.Relation.numbers[$0] } ?? 0
        fields.is_mirrored = comparison.isMirrored ? 1 : 0
        fields.confidence = comparison.confidence
        fields.score = comparison.score
        fields.first_overlap = comparison.firstOverlap
        fields.second_overlap = comparison.secondOverlap
        if let agreement = comparison.agreement {
          (fields.agreeing, fields.differing, fields.empty) = (agreement.agrees, agreement.differs, agreement.empty)
        }
        if let map = comparison.transform {
          fields.transform = (map.m11, map.m12, map.m13, map.m21, map.m22, map.m23)
        }
        fields.same_bytes = explanation.sameBytes ? 1 : 0
        fields.code_distance = Int32(clamping: explanation.codeDistance ?? -1)
        fields.first_features = Int64(explanation.features[safe: 0] ?? -1)
        fields.second_features = Int64(explanation.features[safe: 1] ?? -1)
        fields.inliers = Int64(explanation.inliers)
        fields.evidence = explanation.evidence
        fields.explanation = try arena.add(explanation.description)
        return fields
      }
    }
  }

  extension imagesearch_stored_image {
    fileprivate init(
      _ image: LocalIndex.Image, _ arena: Arena, position: Int64 = 0, reason: String? = nil
    ) throws {
      self.init(
        struct_size: MemoryLayout<imagesearch_stored_image>.size, item_id: try arena.add(image.itemID),
        image_name: try arena.add(image.imageName), category: try arena.add(image.category),
        custom_content: try arena.add(image.customContent), width: Int64(image.width), height: Int64(image.height),
        file_size: Int64(image.fileSize), format: try arena.add(image.format), sha256: try arena.add(image.sha256),
        exif_date: try arena.add(image.exifDate),
        source_path: try image.sourcePathBytes.flatMap { path in
          try arena.add(path.map { CChar(bitPattern: $0) } + [0])
        }, added_at: image.addedAt.timeIntervalSince1970, warning: try arena.add(image.warning), position: position,
        reason: try arena.add(reason))
    }
  }
#endif
