@testable import ImageSearch

/// A strict decoder of the packed body of 2018-01-20, for replaying or inspecting traffic. See ``PackedBody`` for the format.
///
/// The order of the keys is free, but the values must cover everything after the `^` exactly once, without gaps and overlaps.
struct PackedBodyDecoder: Sendable {
  /// The keys with their values, in the order of the keys.
  let entries: [(key: String, value: ArraySlice<UInt8>)]

  /// An image of the body.
  struct Image: Sendable, Hashable {
    /// The name, decoded.
    let name: String
    /// The encoded image (JPEG, PNG …), decoded from base64.
    let bytes: [UInt8]
  }

  /// Decodes a body.
  ///
  /// - Throws: ``PackedBodyError`` with the reason and the part it concerns.
  init(_ body: [UInt8]) throws {
    guard let caret = body.firstIndex(of: UInt8(ascii: "^")) else {
      throw PackedBodyError(.noCaret, "no ^ divides the keys from the values in \(body.count) bytes")
    }
    guard caret > 0 else { throw PackedBodyError(.emptyMeta, "no key stands before the ^") }
    let content = body[(caret + 1)...]
    var items: [Item] = []
    var seen: Set<String> = []
    let fields = body[..<caret].split(separator: UInt8(ascii: "#"), omittingEmptySubsequences: false)
    for (index, field) in fields.enumerated() {
      let item = try Item(field, index: index, count: content.count)
      guard seen.insert(item.key).inserted else {
        throw PackedBodyError(.invalidMetaItem, "the key \"\(item.key)\" is there twice")
      }
      items.append(item)
    }
    try Self.checkCover(items, count: content.count)
    entries = items.map {
      ($0.key, content[(content.startIndex + $0.start)..<(content.startIndex + $0.end)])
    }
  }

  /// The bytes of a key; `nil` when it is missing.
  func value(_ key: String) -> ArraySlice<UInt8>? { entries.first { $0.key == key }?.value }

  /// The text of a key; `nil` when it is missing.
  ///
  /// - Throws: ``PackedBodyError`` when it is not UTF-8.
  func text(_ key: String) throws -> String? {
    guard let value = value(key) else { return nil }
    guard let text = String(validating: value, as: UTF8.self) else {
      throw PackedBodyError(.invalidText, "the value of \"\(key)\" is not UTF-8")
    }
    return text
  }

  /// The names in `pic_list`, decoded; empty when the list is empty, as in a delete of all images.
  ///
  /// - Throws: ``PackedBodyError`` when the list is missing, contains a name twice, or a name that is not base64.
  func imageNames() throws -> [String] { try imageKeys().map(\.name) }

  /// The images in the order of `pic_list`, decoded. This holds them in memory.
  ///
  /// - Throws: ``PackedBodyError`` as ``imageNames()``, or when an image is missing or not base64.
  func images() throws -> [Image] {
    try imageKeys().map { key, name in
      guard let value = value(key) else {
        throw PackedBodyError(.noSpecifiedImage, "the image \"\(name)\" (\(key)) is listed but not in the body")
      }
      guard let bytes = Base64.decode(value) else {
        throw PackedBodyError(.invalidImageContent, "the image \"\(name)\" (\(key)) is not base64")
      }
      return Image(name: name, bytes: bytes)
    }
  }

  private func imageKeys() throws -> [(key: String, name: String)] {
    guard let list = value("pic_list") else {
      throw PackedBodyError(.noImageList, "the body has no key \"pic_list\"")
    }
    guard !list.isEmpty else { return [] }
    var seen: Set<String> = []
    return try list.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map { field in
      let key = String(decoding: field, as: UTF8.self)
      guard !field.isEmpty, let bytes = Base64.decode(field), let name = String(validating: bytes, as: UTF8.self) else {
        throw PackedBodyError(.invalidImageList, "\"\(key)\" in pic_list is no base64 of a name in UTF-8")
      }
      guard seen.insert(key).inserted else {
        throw PackedBodyError(.invalidImageList, "\"\(name)\" (\(key)) is in pic_list twice")
      }
      return (key, name)
    }
  }

  private static func checkCover(_ items: [Item], count: Int) throws {
    var position = 0
    var last: Item?
    for item in items.sorted(by: { ($0.start, $0.end) < ($1.start, $1.end) }) {
      if item.start < position {
        throw PackedBodyError(
          .invalidMetaItem, "the values of \"\(last?.key ?? "")\" and \"\(item.key)\" overlap at offset \(item.start)")
      }
      if item.start > position {
        throw PackedBodyError(.invalidMetaItem, "the bytes from offset \(position) to \(item.start) belong to no key")
      }
      position = item.end
      last = item
    }
    guard position == count else {
      throw PackedBodyError(.invalidMetaItem, "the bytes from offset \(position) to \(count) belong to no key")
    }
  }

  /// `key,start,end`.
  private struct Item {
    let key: String
    let start: Int
    let end: Int

    init(_ field: ArraySlice<UInt8>, index: Int, count: Int) throws {
      func fault(_ what: String) -> PackedBodyError {
        let shown = String(decoding: field.prefix(80), as: UTF8.self)
        return PackedBodyError(.invalidMetaItem, "item \(index + 1), \"\(shown)\", \(what)")
      }
      let parts = field.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
      guard parts.count == 3 else { throw fault("has \(parts.count) parts and not key,start,end") }
      guard !parts[0].isEmpty, let key = String(validating: parts[0], as: UTF8.self) else {
        throw fault("has no key in UTF-8")
      }
      guard let start = Self.offset(parts[1]) else { throw fault("has a start that is no offset") }
      guard let end = Self.offset(parts[2]) else { throw fault("has an end that is no offset") }
      guard start <= end else { throw fault("ends before it starts") }
      guard end <= count else { throw fault("ends behind the \(count) bytes that there are") }
      self.key = key
      self.start = start
      self.end = end
    }

    /// Decimal digits without a sign and without leading zeros.
    private static func offset(_ text: ArraySlice<UInt8>) -> Int? {
      guard let first = text.first, text.allSatisfy({ (48...57).contains($0) }) else { return nil }
      guard first != 48 || text.count == 1 else { return nil }
      return Int(String(decoding: text, as: UTF8.self))
    }
  }
}

/// The error of an invalid packed body.
struct PackedBodyError: Error, Sendable, Hashable {
  /// The kind of error; the raw value is the provider's code for it (docs/sources/alibaba-image-search.md, section 7), its
  /// spelling kept.
  struct Reason: RawRepresentable, Sendable, Hashable {
    /// The provider's code.
    let rawValue: String

    /// - Parameter rawValue: any code.
    init(rawValue: String) { self.rawValue = rawValue }

    /// There is no `^` between keys and values.
    static let noCaret = Reason(rawValue: "NoCaretSeperator")
    /// There is nothing before the `^`.
    static let emptyMeta = Reason(rawValue: "EmptyMeta")
    /// An item is not `key,start,end`, its offsets are out of range, or the values overlap or do not cover all bytes.
    static let invalidMetaItem = Reason(rawValue: "InvalidMetaItem")
    /// `pic_list` is missing.
    static let noImageList = Reason(rawValue: "NoPicList")
    /// `pic_list` is not a list of base64 names, or contains one twice.
    static let invalidImageList = Reason(rawValue: "InvalidPicList")
    /// A listed image is missing from the body.
    static let noSpecifiedImage = Reason(rawValue: "NoSpecifiedPic")
    /// An image is not base64.
    static let invalidImageContent = Reason(rawValue: "InvalidPicContent")
    /// A text is not UTF-8.
    static let invalidText = Reason(rawValue: "InvalidText")
  }

  /// The kind of error.
  let reason: Reason
  /// One sentence with the key and the reason.
  let message: String

  init(_ reason: Reason, _ message: String) {
    self.reason = reason
    self.message = message
  }
}

extension PackedBodyError: CustomStringConvertible {
  /// `InvalidMetaItem: item 2, "cat_id,x,38", has the start "x", which is no offset`.
  var description: String { "\(reason.rawValue): \(message)" }
}
