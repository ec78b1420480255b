import CMatchingKernels

/// Searches a contiguous table of global codes by Hamming distance, in one scan for all orientations of a query.
package enum GlobalCodeScan {
  /// A code within the distance.
  package struct Hit: Sendable, Hashable {
    /// Position in the table.
    package let index: Int
    /// Hamming distance.
    package let distance: Int
    /// Which of the queries was nearest.
    package let query: Int
  }

  /// - Parameters:
  ///   - table: Codes of four words each (``GlobalCode/words`` in order), little-endian as in memory. A remainder of
  ///     fewer than four words is ignored.
  ///   - queries: At most 65 535; each code is compared with all of them, and reported with the nearest.
  ///   - distance: Maximum distance.
  ///   - limit: How many hits are kept, the nearest ones.
  /// - Returns: Nearest first, ties in the order of the table.
  package static func nearest(
    in table: UnsafeBufferPointer<UInt64>, to queries: [GlobalCode], within distance: Int, limit: Int
  ) -> [Hit] {
    guard let base = table.baseAddress, !queries.isEmpty, queries.count <= 65_535, limit > 0, distance >= 0 else {
      return []
    }
    let count = min(table.count / 4, Int(UInt32.max))
    let words = queries.flatMap { code in (0..<4).map { code.words[$0] } }
    var within = UInt32(min(distance, GlobalCode.bitCount))
    // More than `limit`: the first hits in the table need not be the nearest.
    let capacity = max(4096, limit.multipliedReportingOverflow(by: 4).partialValue)
    while true {
      let room = min(capacity, 1 << 20)
      var found = 0
      let hits = [matching_code_hit](unsafeUninitializedCapacity: room) { buffer, used in
        found = matching_scan_codes(base, count, words, queries.count, within, buffer.baseAddress, room)
        used = min(found, room)
      }
      // A table full of near codes (thousands of plain images): scan again with half the distance.
      if found > room, within > 0 {
        within /= 2
        continue
      }
      return hits.map { Hit(index: Int($0.index), distance: Int($0.distance), query: Int($0.query)) }
        .sorted { ($0.distance, $0.index) < ($1.distance, $1.index) }
        .prefix(limit).map { $0 }
    }
  }
}

/// Global codes sorted by their bands, to find near codes without a full scan.
///
/// Two codes that differ in few bits have a band in common, or all but one bit of it: two that differ in 31 bits certainly, in 48
/// with 95 %, in 62 with 70 % if the bits were independent. The codes of copies differ mostly in the high frequencies,
/// so their low bands agree more often than that. 64 bytes per code.
package struct CodeBands: Sendable {
  /// Minimum number of codes for which bands are faster than a scan.
  package static let worthwhile = 16_384

  private static let values = 1 << 16
  private let count: Int
  private let starts: [UInt32]
  private let entries: [UInt32]

  /// - Parameter table: Codes of four words each, as ``GlobalCodeScan`` takes them.
  package init(_ table: UnsafeBufferPointer<UInt64>) {
    let count = min(table.count / 4, Int(UInt32.max) - 1)
    let bands = Int(matching_code_bands)
    var starts = [UInt32](repeating: 0, count: bands * (Self.values + 1))
    entries = [UInt32](unsafeUninitializedCapacity: bands * count) { buffer, used in
      guard let codes = table.baseAddress, let entries = buffer.baseAddress else { return }
      matching_sort_bands(codes, count, &starts, entries)
      used = bands * count
    }
    self.count = entries.isEmpty ? 0 : count
    self.starts = starts
  }

  /// - Parameters:
  ///   - table: The codes that the bands were built from.
  ///   - queries: Each code is compared with all of them, and reported with the nearest.
  ///   - distance: Maximum distance.
  ///   - limit: How many hits are kept, the nearest ones.
  /// - Returns: Nearest first, ties in the order of the table; codes farther than 31 bits may be missing.
  package func nearest(
    in table: UnsafeBufferPointer<UInt64>, to queries: [GlobalCode], within distance: Int, limit: Int
  ) -> [GlobalCodeScan.Hit] {
    guard let base = table.baseAddress, count > 0, count <= table.count / 4, queries.count <= 65_535, limit > 0,
      distance >= 0
    else { return [] }
    let words = queries.flatMap { code in (0..<4).map { code.words[$0] } }
    var within = UInt32(min(distance, GlobalCode.bitCount))
    let room = max(4096, min(1 << 20, 64 * min(limit, 1 << 14)))
    while true {
      var found = 0
      let hits = [matching_code_hit](unsafeUninitializedCapacity: room) { buffer, used in
        found = matching_scan_bands(
          base, count, starts, entries, words, queries.count, within, buffer.baseAddress, room)
        used = min(found, room)
      }
      // As in a full scan: too many near codes, search again with half the distance.
      if found > room, within > 0 {
        within /= 2
        continue
      }
      var last = -1
      return hits.map { GlobalCodeScan.Hit(index: Int($0.index), distance: Int($0.distance), query: Int($0.query)) }
        .sorted { ($0.index, $0.distance, $0.query) < ($1.index, $1.distance, $1.query) }
        .filter { hit in
          defer { last = hit.index }
          return hit.index != last
        }
        .sorted { ($0.distance, $0.index) < ($1.distance, $1.index) }
        .prefix(limit).map { $0 }
    }
  }
}
