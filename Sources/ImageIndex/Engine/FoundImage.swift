import ImageMatching
import ImageSearch

/// A stored image that matches the query.
struct FoundImage: Sendable {
  /// The key of the image's row.
  let id: Int64
  /// The matcher's result.
  let match: ImageMatch

  /// The union of several passes, each image once with its best match, in the order of ``ImageMatch/order``.
  static func best(of looks: [[FoundImage]]) -> [FoundImage] {
    guard looks.count > 1 else { return looks.first ?? [] }
    var places: [Int64: Int] = [:]
    var all: [FoundImage] = []
    for found in looks.joined() {
      if let place = places[found.id] {
        if found.match.order > all[place].match.order { all[place] = found }
      } else {
        places[found.id] = all.count
        all.append(found)
      }
    }
    return all.sorted(by: isBetter)
  }

  /// The order of matches: ``ImageMatch/order``, ties broken by the row key.
  static func isBetter(_ a: FoundImage, _ b: FoundImage) -> Bool {
    a.match.order != b.match.order ? a.match.order > b.match.order : a.id < b.id
  }
}

/// The matcher's findings in the terms of the library.
extension ImageMatch {
  /// The public relation; `identical` is set elsewhere, where bytes are compared.
  var relation: Match.Relation {
    switch kind {
    case .reencoded: .reencoded
    case .altered: .altered
    case .partial: .partial
    case .shared: .shared
    }
  }

  /// The public agreement; `nil` when no pixels were compared.
  var agreement: Match.Agreement? {
    shares.map { Match.Agreement(agrees: $0.agrees, differs: $0.differs, empty: $0.empty) }
  }
}

extension Match {
  /// A match of the local index.
  init(_ found: ImageMatch, _ record: ImageRecord) {
    self.init(record)
    score = found.score
    confidence = found.confidence
    transform = found.transform
    isMirrored = found.isMirrored
    queryOverlap = found.queryOverlap
    matchOverlap = found.matchOverlap
    relation = found.relation
    agreement = found.agreement
    evidence = found.order.nats
  }

  /// A match with the same bytes as the query.
  init(identical record: ImageRecord) {
    self.init(record)
    score = 100
    confidence = 1
    transform = .identity
    isMirrored = false
    queryOverlap = 100
    matchOverlap = 100
    relation = .identical
    agreement = Agreement(agrees: 1, differs: 0, empty: 0)
  }

  private init(_ record: ImageRecord) {
    self.init()
    width = record.width
    height = record.height
    fileSize = record.byteCount
    format = record.format
    sha256 = Hex.encode(record.digest)
    exifDate = record.exifDate
    itemID = record.itemID
    imageName = record.name
    category = record.category
    customContent = record.customContent
  }
}
