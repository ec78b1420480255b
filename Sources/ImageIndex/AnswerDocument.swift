import FoundationEssentials
import ImageSearch

/// An answer of the local index as JSON, which is the ``SearchPage/raw`` of its pages.
struct AnswerDocument: Encodable {
  struct Result: Encodable {
    var itemID: String?
    var imageName: String?
    var category: String?
    var customContent: String?
    var score: Double?
    var confidence: Double?
    var width: Int?
    var height: Int?
    var fileSize: Int?
    var format: String?
    var isMirrored: Bool?
    var queryOverlap: Double?
    var matchOverlap: Double?
    /// m11, m12, m13, m21, m22, m23.
    var transform: [Double]?
  }

  var total: Int
  var offset: Int
  var matches: [Result]

  init(total: Int, offset: Int, matches: [Match]) {
    self.total = total
    self.offset = offset
    self.matches = matches.map { match in
      Result(
        itemID: match.itemID, imageName: match.imageName, category: match.category,
        customContent: match.customContent, score: match.score, confidence: match.confidence, width: match.width,
        height: match.height, fileSize: match.fileSize, format: match.format, isMirrored: match.isMirrored,
        queryOverlap: match.queryOverlap, matchOverlap: match.matchOverlap,
        transform: match.transform.map { [$0.m11, $0.m12, $0.m13, $0.m21, $0.m22, $0.m23] })
    }
  }

  /// UTF-8; empty only for numbers that JSON cannot write, of which there are none.
  var encoded: [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(self)).map { [UInt8]($0) } ?? []
  }
}
