/// The packed body of 2018-01-20: `key,start,end#…^values` (docs/sources/alibaba-image-search.md, 2.2).
///
/// Offsets are half-open and count bytes from the one behind the first `^`; only that one divides, so values may contain
/// `^`, `#` and `,`. The values are produced while the body is sent, those of images encoded in base64 on the way.
package struct PackedBody: Sendable {
  private var keys: Set<String> = []
  private var meta: [UInt8] = []
  private var values: [any TransportBody] = []
  private var end = 0

  /// An empty body.
  package init() {}

  /// Appends a key with a text.
  ///
  /// - Throws: ``ImageSearchError/Code/invalidArgument`` for a key that cannot be written or is there already.
  package mutating func add(_ key: String, _ text: String) throws { try add(key, BytesBody(Array(text.utf8))) }

  /// Appends an image under its base64 name.
  ///
  /// - Throws: as ``add(_:_:)``.
  package mutating func add(image: any TransportBody, name: String) throws {
    try add(Self.key(ofImage: name), Base64Body(image))
  }

  /// Appends the list of images: their base64 names joined by commas.
  ///
  /// - Throws: as ``add(_:_:)``.
  package mutating func add(imageList names: [String]) throws {
    try add("pic_list", names.map(Self.key(ofImage:)).joined(separator: ","))
  }

  /// The key of an image, its name in base64.
  package static func key(ofImage name: String) -> String { Base64.encode(Array(name.utf8)) }

  /// The whole body, of known length.
  package var body: any TransportBody { JoinedBody([BytesBody(meta + [UInt8(ascii: "^")])] + values) }

  /// How long the body is in bytes.
  package var length: Int { meta.count + 1 + end }

  private mutating func add(_ key: String, _ value: any TransportBody) throws {
    guard !key.isEmpty, !key.utf8.contains(where: { $0 == 0x2C || $0 == 0x23 || $0 == 0x5E }) else {
      throw ImageSearchError(.invalidArgument, "the key \"\(key)\" is empty or contains one of , # ^")
    }
    guard keys.insert(key).inserted else {
      throw ImageSearchError(.invalidArgument, "the key \"\(key)\" is in the body twice")
    }
    let (newEnd, overflow) = end.addingReportingOverflow(value.length)
    guard !overflow else { throw ImageSearchError(.imageTooLarge, "the images are too large to be counted") }
    if !meta.isEmpty { meta.append(UInt8(ascii: "#")) }
    meta.append(contentsOf: "\(key),\(end),\(newEnd)".utf8)
    values.append(value)
    end = newEnd
  }
}
