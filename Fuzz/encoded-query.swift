import ImageMatching

@testable import ImageIndex

/// An encoded query from another machine, with a corrected checksum: it is either rejected, or can be compared with stored images and,
/// if it has pixels, be encoded and decoded again.
func fuzzEncodedQuery(_ data: UnsafePointer<UInt8>?, _ size: Int) -> Int32 {
  var bytes = [UInt8](UnsafeBufferPointer(start: data, count: size))
  EncodedQuery.form.seal(&bytes)
  guard let query = try? EncodedQuery(bytes) else { return 0 }
  for form in query.isCompact ? [] : [true, false] {
    do { _ = try EncodedQuery(query.bytes(compact: form)) } catch { fatalError("compact \(form): \(error)") }
  }
  for step in query.steps {
    for look in step {
      let matcher = Matcher(look, indexSize: 1)
      for features in FuzzedImages.features {
        var hints = Matcher.Hints()
        hints.upright = true
        hints.mirrored = true
        hints.leads = true
        hints.code = look.codes.first.map { ($0.distance(to: features.globalCode), .identity) }
        if let match = matcher.match(features, hints) {
          guard (0...1).contains(match.confidence), (0...100).contains(match.score) else {
            fatalError("confidence \(match.confidence), score \(match.score)")
          }
        }
      }
    }
  }
  return 0
}

func seedsOfEncodedQuery() -> [(String, [UInt8])] {
  guard let look = FuzzedImages.query else { return [] }
  var query = EncodedQuery()
  query.digest = [UInt8](repeating: 7, count: 32)
  query.append(.first, look)
  query.append(.negative, nil)
  return [("exact", query.bytes(compact: false)), ("compact", query.bytes(compact: true))]
}
