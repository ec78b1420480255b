import FoundationEssentials

@testable import ImageSearch

/// The table in `docs/errors.md`.
struct ErrorTable {
  /// One condition and its outcome.
  struct Row: Sendable {
    var who: String
    var condition: String
    /// `nil` for "same".
    var code: String?
    var paidAgain: Bool
    var freeAgain: Bool
    var slower: Bool

    /// The text of the condition after a mark such as `words:`; `nil` without it.
    func after(_ mark: String) -> String? {
      guard let place = condition.firstRange(of: mark) else { return nil }
      return condition[place.upperBound...].drop { $0 == " " }.description
    }
  }

  var rows: [Row] = []

  /// - Throws: An error when there is no file, or a row is invalid.
  init(file: String = #filePath) throws {
    let text = try Self.read(Self.repository(file) + "/docs/errors.md")
    for line in text.split(separator: "\n") where line.hasPrefix("| ") && !line.hasPrefix("| Who") {
      let cells = line.split(separator: "|").map { $0.trimmingSpaces }
      guard cells.count == 7 else { throw Unreadable(line: String(line)) }
      func flag(_ cell: String) throws -> Bool {
        guard cell == "yes" || cell == "no" else { throw Unreadable(line: String(line)) }
        return cell == "yes"
      }
      rows.append(
        Row(
          who: cells[0], condition: cells[1], code: cells[2] == "same" ? nil : cells[2].filter { $0 != "`" },
          paidAgain: try flag(cells[3]), freeAgain: try flag(cells[4]), slower: try flag(cells[5])))
    }
  }

  func rows(of who: String) -> [Row] { rows.filter { $0.who == who } }

  struct Unreadable: Error { var line: String }

  /// The text of a source file.
  static func source(_ path: String, file: String = #filePath) throws -> String {
    try read(repository(file) + "/Sources/ImageSearch/" + path)
  }

  private static func read(_ path: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
  }

  private static func repository(_ file: String) -> String {
    guard let place = file.firstRange(of: "/Tests/") else { return "." }
    return String(file[..<place.lowerBound])
  }
}

extension Substring {
  fileprivate var trimmingSpaces: String {
    var text = drop { $0 == " " }
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
