/// The matrix as text: one row per fault, one column per call.
struct FaultTable {
  private var columns: [(name: String, cells: [String: String])] = []
  private var rows: [String] = []

  mutating func add(_ call: FaultCall, _ results: [FaultLane.Result]) {
    var cells: [String: String] = [:]
    for result in results {
      if !rows.contains(result.fault.name) { rows.append(result.fault.name) }
      let paid = call.isPaid ? result.outcome.paid[call.kind].map { "·\($0)" } ?? "" : ""
      switch result.mode {
      case .always: cells[result.fault.name] = "\(result.outcome.end)\(paid)" + (cells[result.fault.name] ?? "")
      case .once: if result.outcome.end == .succeeded { cells[result.fault.name] = " →ok\(paid)" }
      }
    }
    for (name, cell) in cells { cells[name] = cell.hasPrefix("ok") ? String(cell.prefix { $0 != " " }) : cell }
    columns.append((call.name, cells))
  }

  var text: String {
    var lines = [
      "Faults × calls. A cell is how the call ends while the fault lasts; →ok: an answer when only the first request meets it;",
      "·1: charged once by the provider (never more than once).",
    ]
    let first = (rows.map(\.count).max() ?? 0) + 2
    let widths = columns.map { column in max(column.name.count, column.cells.values.map(\.count).max() ?? 0) + 2 }
    lines.append(
      Self.pad("", first) + zip(columns, widths).map { Self.pad($0.name, $1) }.joined())
    for row in rows {
      lines.append(
        Self.pad(row, first) + zip(columns, widths).map { Self.pad($0.cells[row] ?? "-", $1) }.joined())
    }
    return lines.joined(separator: "\n")
  }

  private static func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}
