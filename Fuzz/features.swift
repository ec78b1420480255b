import ImageMatching

@testable import ImageIndex

/// Features as stored in a row of the database: they are either rejected, or are encoded to the same bytes again and can be
/// compared with a query.
func fuzzFeatures(_ data: UnsafePointer<UInt8>?, _ size: Int) -> Int32 {
  let bytes = [UInt8](UnsafeBufferPointer(start: data, count: size))
  guard let features = try? bytes.withUnsafeBytes({ try MatchEngine.features($0, of: 1) }) else { return 0 }
  guard features.bytes == bytes else { fatalError("read and written are not the same") }
  guard let query = FuzzedImages.query else { return 0 }
  let matcher = Matcher(query, indexSize: 1)
  for leads in [false, true] {
    var hints = Matcher.Hints()
    hints.upright = true
    hints.mirrored = true
    hints.leads = leads
    if let match = matcher.match(features, hints) {
      guard (0...1).contains(match.confidence), (0...100).contains(match.score) else {
        fatalError("confidence \(match.confidence), score \(match.score)")
      }
    }
  }
  return 0
}

func seedsOfFeatures() -> [(String, [UInt8])] { FuzzedImages.features.enumerated().map { ("\($0)", $1.bytes) } }
