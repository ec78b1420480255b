/// A JSON value as a tree, in the order of the text, for files that are read as a whole, such as the command's
/// configuration and journals. Providers' responses are read in place, by ``JSONDocument``.
@_spi(Command) public indirect enum JSONTree: Sendable, Hashable {
  /// `null`.
  case null
  /// `true` or `false`.
  case flag(Bool)
  /// A number, as in the text.
  case number(String)
  /// A string, its escapes resolved.
  case text(String)
  /// A list.
  case list([JSONTree])
  /// An object, including members of the same name.
  case object([Member])

  /// A member of an object.
  public struct Member: Sendable, Hashable {
    /// The name.
    public var name: String
    /// The value.
    public var value: JSONTree

    /// A member.
    public init(_ name: String, _ value: JSONTree) {
      self.name = name
      self.value = value
    }
  }

  /// Reads a text; see ``JSONDocument`` for what is allowed.
  ///
  /// - Throws: ``ImageSearchError/Code/invalidArgument`` with the position of the error.
  public init(_ bytes: [UInt8]) throws {
    do {
      self.init(try JSONDocument(bytes).root)
    } catch {
      let before = bytes.prefix(error.offset)
      let line = before.count { $0 == UInt8(ascii: "\n") } + 1
      let column = error.offset - (before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0) + 1
      throw ImageSearchError(.invalidArgument, "line \(line), column \(column): no JSON (\(error.reason))")
    }
  }

  /// No text is deeper than ``JSONDocument/maximumDepth``.
  private init(_ value: JSONValue) {
    if value.isObject {
      self = .object(value.members.map { Member($0.name, JSONTree($0.value)) })
    } else if value.isList {
      self = .list(value.elements.map(JSONTree.init))
    } else if let numeral = value.numeral {
      self = .number(numeral)
    } else if let string = value.string {
      self = .text(string)
    } else {
      self = value.flag.map(JSONTree.flag) ?? .null
    }
  }
}
