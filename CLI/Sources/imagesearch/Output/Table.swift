/// Rows in columns as wide as their contents; at a terminal, the column of names is cut to fit.
struct Table {
  struct Column {
    var title: String
    var isRight = false
    /// Whether the column may be cut if the terminal is too narrow; in the middle, because both ends of a path are
    /// informative.
    var gives = false
    /// The order in which columns are left out if the terminal is still too narrow, lowest first; `nil` for never.
    var leaves: Int?
    var style: Style?
  }

  var columns: [Column]
  private var rows: [[String]] = []

  init(_ columns: [Column]) { self.columns = columns }

  mutating func add(_ cells: [String]) { rows.append(cells.map(displayable)) }

  var isEmpty: Bool { rows.isEmpty }

  /// - Parameters:
  ///   - width: available columns; `nil` for no limit.
  ///   - indent: number of spaces before each row.
  func text(width: Int?, indent: Int = 0, colours: Bool = Console.shared.usesColours) -> String {
    // Empty columns are omitted.
    var used = columns.indices.filter { column in rows.contains { column < $0.count && !$0[column].isEmpty } }
    func natural(_ column: Int) -> Int {
      max(displayWidth(columns[column].title), rows.map { column < $0.count ? displayWidth($0[column]) : 0 }.max() ?? 0)
    }
    var widths = used.map(natural)
    if let width {
      func available() -> Int { width - indent - 2 * max(0, used.count - 1) }
      shrink(&widths, used, to: available())
      while widths.reduce(0, +) > available(), let next = firstToLeave(used) {
        used.remove(at: next)
        widths = used.map(natural)
        shrink(&widths, used, to: available())
      }
    }
    let margin = String(repeating: " ", count: indent)
    var text = margin + line(used.map { columns[$0].title }, used, widths) { _, cell in Style.faint(cell, if: colours) }
    for row in rows {
      text += margin
      text += line(used.map { $0 < row.count ? row[$0] : "" }, used, widths) { column, cell in
        columns[column].style.map { $0(cell, if: colours) } ?? cell
      }
    }
    return text
  }

  private func firstToLeave(_ used: [Int]) -> Int? {
    let candidates = used.indices.compactMap { place in columns[used[place]].leaves.map { (place: place, order: $0) } }
    return candidates.min { $0.order < $1.order }?.place
  }

  private func shrink(_ widths: inout [Int], _ used: [Int], to available: Int) {
    var excess = widths.reduce(0, +) - available
    // The widest column that may be cut is cut first, down to a minimum.
    while excess > 0 {
      let candidates = used.indices.filter { columns[used[$0]].gives && widths[$0] > 12 }
      guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else { return }
      let next = candidates.filter { $0 != widest }.map { widths[$0] }.max() ?? 12
      let step = min(excess, max(1, widths[widest] - max(12, next)))
      widths[widest] -= step
      excess -= step
    }
  }

  private func line(
    _ cells: [String], _ used: [Int], _ widths: [Int], _ paint: (Int, String) -> String
  ) -> String {
    var text = ""
    for (i, cell) in cells.enumerated() {
      let column = columns[used[i]]
      let shown = column.gives ? cut(cell, to: widths[i], inMiddle: true) : cell
      let padding = String(repeating: " ", count: max(0, widths[i] - displayWidth(shown)))
      let isLast = i == cells.count - 1
      text += column.isRight ? padding + paint(used[i], shown) : paint(used[i], shown) + (isLast ? "" : padding)
      if !isLast { text += "  " }
    }
    while text.last == " " { text.removeLast() }
    return text + "\n"
  }
}
