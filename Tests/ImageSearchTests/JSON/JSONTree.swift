import FoundationEssentials
import ImageSearch

/// A whole JSON text as plain values, read by ``JSONDocument`` or by the oracle, `JSONDecoder`.
///
/// Texts are bytes, because strings that are canonically equivalent are equal; doubles are bit patterns, because -0 equals 0.
indirect enum JSONTree: Equatable, Sendable {
  case null
  case boolean(Bool)
  case number(bits: UInt64, whole: Int?)
  /// A number that no finite double represents.
  case outOfRange
  case text([UInt8])
  case list([JSONTree])
  case object([[UInt8]: JSONTree])
}

// MARK: - As the library reads

extension JSONTree {
  init(_ bytes: [UInt8]) throws(JSONError) { self.init(try JSONDocument(bytes).root) }

  init(_ json: JSONValue) {
    if json.isNull {
      self = .null
    } else if let text = json.string {
      self = .text(Array(text.utf8))
    } else if json.isNumber {
      self = json.number.map { .number(bits: $0.bitPattern, whole: json.integer) } ?? .outOfRange
    } else if json.isList {
      self = .list(json.elements.map { JSONTree($0) })
    } else if let flag = json.flag {
      self = .boolean(flag)
    } else {
      let members = json.members.map { (Array($0.name.utf8), JSONTree($0.value)) }
      self = .object(Dictionary(members, uniquingKeysWith: { first, _ in first }))
    }
  }
}

// MARK: - As the oracle reads

extension JSONTree: Decodable {
  private struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  static func oracle(_ bytes: [UInt8]) throws -> JSONTree {
    try JSONDecoder().decode(JSONTree.self, from: Data(bytes))
  }

  init(from decoder: any Decoder) throws {
    if let container = try? decoder.container(keyedBy: Name.self) {
      var members: [[UInt8]: JSONTree] = [:]
      for key in container.allKeys {
        members[Array(key.stringValue.utf8)] = try container.decode(JSONTree.self, forKey: key)
      }
      self = .object(members)
    } else if var container = try? decoder.unkeyedContainer() {
      var elements: [JSONTree] = []
      while !container.isAtEnd { elements.append(try container.decode(JSONTree.self)) }
      self = .list(elements)
    } else {
      let container = try decoder.singleValueContainer()
      if container.decodeNil() {
        self = .null
      } else if let boolean = try? container.decode(Bool.self) {
        self = .boolean(boolean)
      } else if let text = try? container.decode(String.self) {
        self = .text(Array(text.utf8))
      } else {
        self = .number(bits: try container.decode(Double.self).bitPattern, whole: try? container.decode(Int.self))
      }
    }
  }
}
