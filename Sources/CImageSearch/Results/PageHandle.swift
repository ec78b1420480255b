import CImageSearchHeader
import ImageSearch
import Synchronization

/// Behind `imagesearch_page`.
final class PageHandle: Handle {
  let fields: imagesearch_page_fields
  let matches: [MatchHandle]
  private let body: [UInt8]
  private let arena = Arena()
  /// A copy of the response's body for C to read, made on request, because most programs do not need it.
  private let copy = Atomic<UnsafeMutableRawPointer?>(nil)

  /// - Throws: ``ImageSearchError/Code/outOfMemory``.
  init(_ page: SearchPage) throws {
    let arena = arena
    matches = try page.matches.map { try MatchHandle($0, arena) }
    body = page.raw
    fields = imagesearch_page_fields(
      struct_size: MemoryLayout<imagesearch_page_fields>.size, service: try arena.add(page.service),
      request_id: try arena.add(page.requestID), total: Int64(page.total ?? -1), offset: Int64(page.offset),
      next_offset: Int64(page.nextOffset), has_more: page.hasMore ? 1 : 0, look: Int32(page.look ?? -1),
      match_count: matches.count,
      warnings: try arena.add(page.warnings.map { try arena.add($0) }), warning_count: page.warnings.count,
      is_approximate: page.isApproximate ? 1 : 0, reserved: 0)
  }

  deinit { Platform.free(copy.load(ordering: .acquiring)) }

  /// `nil` when there is not enough memory.
  var raw: UnsafeRawBufferPointer? {
    if let made = copy.load(ordering: .acquiring) { return UnsafeRawBufferPointer(start: made, count: body.count) }
    guard let made = Platform.allocate(body.count) else { return nil }
    body.withUnsafeBytes { if let start = $0.baseAddress { made.copyMemory(from: start, byteCount: $0.count) } }
    let (isFirst, earlier) = copy.compareExchange(expected: nil, desired: made, ordering: .acquiringAndReleasing)
    if !isFirst { Platform.free(made) }
    return UnsafeRawBufferPointer(start: isFirst ? made : earlier, count: body.count)
  }

  static var unknown: imagesearch_page_fields {
    var fields = imagesearch_page_fields()
    fields.total = -1
    fields.look = -1
    fields.offset = -1
    fields.next_offset = -1
    return fields
  }
}

/// Behind `imagesearch_match`; it belongs to its page, whose arena contains its texts.
final class MatchHandle: Handle {
  let match: Match
  let fields: imagesearch_match_fields

  init(_ match: Match, _ arena: Arena) throws {
    self.match = match
    var fields = Self.unknown
    fields.score = match.score ?? .nan
    fields.confidence = match.confidence ?? .nan
    fields.relation = match.relation.flatMap { Match.Relation.numbers[$0] } ?? 0
    fields.is_mirrored = match.isMirrored.map { $0 ? 1 : 0 } ?? -1
    fields.image_url = try arena.add(match.imageURL)
    fields.page_url = try arena.add(match.pageURL)
    fields.domain = try arena.add(match.domain)
    fields.width = Int64(match.width ?? -1)
    fields.height = Int64(match.height ?? -1)
    fields.file_size = Int64(match.fileSize ?? -1)
    fields.format = try arena.add(match.format)
    fields.sha256 = try arena.add(match.sha256)
    fields.exif_date = try arena.add(match.exifDate)
    fields.item_id = try arena.add(match.itemID)
    fields.image_name = try arena.add(match.imageName)
    fields.category = try arena.add(match.category)
    fields.custom_content = try arena.add(match.customContent)
    fields.title = try arena.add(match.title)
    fields.price = try arena.add(match.price?.amount)
    fields.currency = try arena.add(match.price?.currency)
    fields.overlay_url = try arena.add(match.overlayURL)
    fields.query_overlap = match.queryOverlap ?? .nan
    fields.match_overlap = match.matchOverlap ?? .nan
    if let agreement = match.agreement {
      (fields.agreeing, fields.differing, fields.empty) = (agreement.agrees, agreement.differs, agreement.empty)
    }
    fields.evidence = match.evidence ?? .nan
    if let map = match.transform { fields.transform = (map.m11, map.m12, map.m13, map.m21, map.m22, map.m23) }
    fields.tags = try arena.add(match.tags.map { try arena.add($0) })
    fields.tag_count = match.tags.count
    let details = match.details.sorted { $0.key < $1.key }
    fields.details = try arena.add(
      details.map { imagesearch_detail(name: try arena.add($0.key), value: try arena.add($0.value)) })
    fields.detail_count = details.count
    fields.backlinks = try arena.add(
      match.backlinks.map { backlink in
        imagesearch_backlink(
          image_url: try arena.add(backlink.imageURL), page_url: try arena.add(backlink.pageURL),
          crawl_date: try arena.add(backlink.crawlDate))
      })
    fields.backlink_count = match.backlinks.count
    self.fields = fields
  }

  /// The value of a detail. Comparing a few dozen C strings is faster than making a Swift String of the name.
  func detail(_ name: UnsafePointer<CChar>) -> UnsafePointer<CChar>? {
    UnsafeBufferPointer(start: fields.details, count: fields.detail_count).first { Platform.isSame($0.name, name) }?
      .value
  }

  static var unknown: imagesearch_match_fields {
    var fields = imagesearch_match_fields()
    (fields.score, fields.confidence) = (.nan, .nan)
    fields.is_mirrored = -1
    (fields.width, fields.height, fields.file_size) = (-1, -1, -1)
    (fields.query_overlap, fields.match_overlap) = (.nan, .nan)
    (fields.agreeing, fields.differing, fields.empty, fields.evidence) = (.nan, .nan, .nan, .nan)
    fields.transform = (.nan, .nan, .nan, .nan, .nan, .nan)
    return fields
  }
}
