import ImageSearch

extension Match {
  /// A match of the local index.
  init(_ found: FoundImage, _ record: ImageRecord) {
    self.init()
    score = found.score
    confidence = found.confidence
    width = record.width
    height = record.height
    fileSize = record.byteCount
    format = record.format
    transform = found.transform
    isMirrored = found.isMirrored
    queryOverlap = found.queryOverlap
    matchOverlap = found.matchOverlap
    itemID = record.itemID
    imageName = record.name
    category = record.category
    customContent = record.customContent
  }
}
