import Glibc

@testable import ImageSearch

/// Parses, and reads every value in every way. An accepted text must also be accepted as a member of a larger text, and the
/// nodes must cover it: no reader may run past them.
func fuzzJSON(_ data: UnsafePointer<UInt8>?, _ size: Int) -> Int32 {
  let bytes = [UInt8](UnsafeBufferPointer(start: data, count: size))
  guard let document = try? JSONDocument(bytes) else { return 0 }
  guard document.nodes.count <= bytes.count, document.nodes.first?.next == UInt32(document.nodes.count) else { abort() }
  var count = 0
  read(document.root, &count)
  // Members have one more node, their name.
  guard count == document.nodes.count else { abort() }
  _ = TinEyeEnvelope(document.root)?.results.map(TinEyeSearchResults.init)?.matches?.map(\.common)
  _ = Quota(tinEye: document.root)
  return 0
}

private func read(_ json: JSONValue, _ count: inout Int) {
  count += 1
  if let text = json.string, String(validating: text.utf8, as: UTF8.self) != text { abort() }
  if json.isNumber, let whole = json.integer, let double = json.number, abs(Double(whole) - double) > double.ulp {
    abort()
  }
  _ = json.integer
  _ = json.number
  _ = json.text
  _ = json.flag
  for element in json.elements { read(element, &count) }
  for (_, value) in json.members {
    count += 1
    read(value, &count)
  }
  _ = json["a"].texts
  _ = json["a"]["b"].integer
  _ = json[""].flag
}

func seedsOfJSON() -> [(String, [UInt8])] {
  numbered([
    #"{"a": [1, -2.50, 3e5, 9223372036854775807.0], "": {"a": null}, "\u0061": true}"#,
    #"["\ud83d\ude00\ud800", "中文é", "\"\\\/\b\f\n\r\t", [[], {}], false]"#,
    #"""
    {"stats": {"timestamp": "1490029747.12", "total_results": 2}, "code": 200, "messages": ["slow down"], "results":
    {"bundles": [{"remaining_searches": "937", "end_date": "2019-01-12"}], "matches": [{"image_url": "https://a/b", "score": 99.5,
    "width": "800", "tags": ["stock"], "overlay": "overlay/a?m21=-0.1&m22=1.0&m23=0.01&m11=1.0&m13=0.02&m12=1e-4", "contributor": 1,
    "backlinks": [{"url": "https://a/c.jpg", "backlink": "https://a/d", "crawl_date": "2025-01-10"}]}]}}
    """#,
  ])
}
