@_spi(Command) import ImageSearch

/// JSON is written in the order of its members, so that two runs can be compared.
typealias JSON = JSONTree

extension JSONTree: @retroactive ExpressibleByStringLiteral, @retroactive ExpressibleByExtendedGraphemeClusterLiteral,
  @retroactive ExpressibleByUnicodeScalarLiteral, @retroactive ExpressibleByBooleanLiteral,
  @retroactive ExpressibleByIntegerLiteral,
  @retroactive ExpressibleByArrayLiteral, @retroactive ExpressibleByDictionaryLiteral
{
  /// A text.
  public init(stringLiteral value: String) { self = .text(value) }
  /// A boolean.
  public init(booleanLiteral value: Bool) { self = .flag(value) }
  /// A whole number.
  public init(integerLiteral value: Int) { self = .number(String(value)) }
  /// A list.
  public init(arrayLiteral elements: JSONTree...) { self = .list(elements) }
  /// An object, its members in this order.
  public init(dictionaryLiteral elements: (String, JSONTree)...) { self = .object(elements.map { Member($0, $1) }) }

  init(_ value: String?) { self = value.map(JSONTree.text) ?? .null }
  init(_ value: Bool?) { self = value.map(JSONTree.flag) ?? .null }
  init(_ value: Int?) { self = value.map { .number(String($0)) } ?? .null }
  init(_ value: Double?) { self = value.flatMap { $0.isFinite ? .number("\($0)") : nil } ?? .null }
  init(_ values: [String]) { self = .list(values.map(JSONTree.text)) }

  // MARK: - Reading

  /// The first member of that name; `null` when there is none.
  subscript(_ name: String) -> JSONTree {
    guard case .object(let members) = self else { return .null }
    return members.first { $0.name == name }?.value ?? .null
  }

  var string: String? { if case .text(let value) = self { value } else { nil } }
  var integer: Int? { if case .number(let value) = self { Int(value) } else { nil } }
  var double: Double? { if case .number(let value) = self { Double(value) } else { nil } }
  var bool: Bool? { if case .flag(let value) = self { value } else { nil } }
  var elements: [JSONTree] { if case .list(let values) = self { values } else { [] } }
  var members: [Member] { if case .object(let members) = self { members } else { [] } }
  var isNull: Bool { if case .null = self { true } else { false } }

  // MARK: - Writing

  /// On one line.
  var line: String {
    var text = ""
    write(to: &text, indent: nil)
    return text
  }

  /// Indented.
  var document: String {
    var text = ""
    write(to: &text, indent: 0)
    return text + "\n"
  }

  private func write(to text: inout String, indent: Int?) {
    switch self {
    case .null: text += "null"
    case .flag(let value): text += value ? "true" : "false"
    case .number(let numeral): text += numeral
    case .text(let value): Self.quote(value, to: &text)
    case .list(let values):
      Self.enclose(values, "[", "]", to: &text, indent) { value, text, indent in value.write(to: &text, indent: indent)
      }
    case .object(let members):
      Self.enclose(members, "{", "}", to: &text, indent) { member, text, indent in
        Self.quote(member.name, to: &text)
        text += indent == nil ? ":" : ": "
        member.value.write(to: &text, indent: indent)
      }
    }
  }

  private static func enclose<Part>(
    _ parts: [Part], _ open: String, _ close: String, to text: inout String, _ indent: Int?,
    _ write: (Part, inout String, Int?) -> Void
  ) {
    text += open
    for (i, part) in parts.enumerated() {
      if i > 0 { text += "," }
      if let indent { text += "\n" + String(repeating: "  ", count: indent + 1) }
      write(part, &text, indent.map { $0 + 1 })
    }
    if let indent, !parts.isEmpty { text += "\n" + String(repeating: "  ", count: indent) }
    text += close
  }

  private static func quote(_ value: String, to text: inout String) {
    text += "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      // Also what would act on a terminal, because the text may be shown at one.
      case _ where isHarmful(scalar):
        text += jsonEscape(scalar)
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}

/// A row of CSV (RFC 4180, but with a line feed at its end). Control characters are escaped, because the text may be shown
/// at a terminal, except line feeds; a cell that a spreadsheet would interpret as a formula gets an apostrophe.
func csvRow(_ cells: [String]) -> String {
  cells.map { cell in
    // By scalars: a quotation mark with a combining accent is another character, and still a quotation mark to a reader.
    var scalars = String.UnicodeScalarView()
    for (number, line) in cell.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      if number > 0 { scalars.append("\n") }
      scalars.append(contentsOf: displayable(String(line)).unicodeScalars)
    }
    if let first = scalars.first,
      "=@".unicodeScalars.contains(first) || "+-".unicodeScalars.contains(first) && Double(cell) == nil
    {
      scalars.insert("'", at: scalars.startIndex)
    }
    guard scalars.contains(where: { $0 == "," || $0 == "\"" || $0 == "\n" }) else { return String(scalars) }
    var quoted = String.UnicodeScalarView()
    for scalar in scalars { quoted.append(contentsOf: scalar == "\"" ? [scalar, scalar] : [scalar]) }
    return "\"" + String(quoted) + "\""
  }.joined(separator: ",") + "\n"
}

/// A character as JSON's `\uXXXX`, two of them beyond the Basic Multilingual Plane.
func jsonEscape(_ scalar: Unicode.Scalar) -> String {
  String(scalar).utf16.map { unit in
    let digits = String(unit, radix: 16)
    return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
  }.joined()
}
