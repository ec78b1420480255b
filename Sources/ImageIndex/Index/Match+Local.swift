import ImageMatching
import ImageSearch

extension Match {
  /// A match of the local index.
  init(_ found: FoundImage, _ record: ImageRecord) {
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

  /// A match that has the bytes of the query.
  init(identical record: ImageRecord) {
    self.init(record)
    score = 100
    confidence = 1
    transform = AffineMap(m11: 1, m12: 0, m13: 0, m21: 0, m22: 1, m23: 0)
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
