import CMatchingKernels

/// Searches a contiguous table of global codes for near ones, one pass for all orientations of a query.
package enum GlobalCodeScan {
  /// A code near the query.
  package struct Hit: Sendable, Hashable {
    /// Position in the table.
    package let index: Int
    /// Differing bits.
    package let distance: Int
    /// Which of the queries was nearest.
    package let query: Int
  }

  /// - Parameters:
  ///   - table: Codes of four words each (``GlobalCode/words`` in order), little-endian as in memory. Its length must be
  ///     a multiple of four; a rest is ignored.
  ///   - queries: At most 65 535; a code is compared with all and counts with the nearest.
  ///   - distance: The largest distance reported.
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
    // More room than asked for: what comes first in the table need not be nearest.
    let capacity = max(4096, limit.multipliedReportingOverflow(by: 4).partialValue)
    while true {
      let room = min(capacity, 1 << 20)
      var found = 0
      let hits = [matching_code_hit](unsafeUninitializedCapacity: room) { buffer, used in
        found = matching_scan_codes(base, count, words, queries.count, within, buffer.baseAddress, room)
        used = min(found, room)
      }
      // A table full of near codes (thousands of plain images): look only at the nearer half again.
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
