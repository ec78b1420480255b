/// A set of small integers, one bit each.
struct BitSet: Sendable {
  private var words: [UInt64]
  /// Number of elements.
  private(set) var count = 0

  init(count: Int) { words = [UInt64](repeating: 0, count: (count + 63) / 64) }

  /// Extends the capacity to the numbers below `count`.
  mutating func grow(to count: Int) {
    let needed = (count + 63) / 64
    if needed > words.count { words += [UInt64](repeating: 0, count: needed - words.count) }
  }

  /// Numbers beyond the capacity are ignored.
  mutating func insert(_ number: Int) {
    guard number >= 0, number >> 6 < words.count else { return }
    if !contains(number) { count += 1 }
    words[number >> 6] |= 1 << UInt64(number & 63)
  }

  func contains(_ number: Int) -> Bool {
    number >= 0 && number >> 6 < words.count && words[number >> 6] >> UInt64(number & 63) & 1 == 1
  }
}

#if LocalIndex
  import ImageMatching
  import ImageSearch

  /// Images that are searched from memory: those newer than the newest segment, and those of a damaged segment.
  struct Memtable: Sendable {
    private(set) var tables = MemoryPostings()
    /// Row keys, ascending; the position is the image's number in ``tables``.
    private(set) var ids: [Int64] = []
    private var categories: [UInt32] = []
    private(set) var dead = BitSet(count: 0)
    /// Keys of images without features: counted, but not searchable.
    private var lost: Set<Int64> = []

    /// Number of images per sorted table.
    private static let batch = 4096

    /// Number of rows that have not been deleted since.
    var live: Int { ids.count + lost.count - dead.count }

    /// Adds the rows of a range.
    ///
    /// - Returns: the key of the last one; `nil` when there was none.
    mutating func load(_ transaction: IndexTransaction, from first: Int64, through last: Int64) throws -> Int64? {
      var images: [(number: Int, features: ImageFeatures)] = []
      let loaded = try transaction.forEachFeatures(from: first, through: last, lost: { lost.insert($0) }) {
        id, category, data in
        guard ids.count < PostingView.mostImages else {
          throw ImageSearchError.local(.internalFailure, "There are too many images outside of segments")
        }
        images.append((ids.count, try MatchEngine.features(data, of: id)))
        ids.append(id)
        categories.append(category.map { UInt32(truncatingIfNeeded: $0) } ?? 0)
        if images.count == Self.batch {
          tables.add(images)
          images = []
        }
      }
      tables.add(images)
      dead.grow(to: ids.count)
      return loaded
    }

    /// - Returns: whether the image is here.
    mutating func markDeleted(_ id: Int64) -> Bool {
      if lost.remove(id) != nil { return true }
      var low = 0
      var high = ids.count
      while low < high {
        let middle = (low + high) / 2
        if ids[middle] < id { low = middle + 1 } else { high = middle }
      }
      guard low < ids.count, ids[low] == id else { return false }
      dead.insert(low)
      return true
    }

    func isWanted(table: Int, slot: Int, category: UInt32?) -> Bool {
      guard let number = tables.image(table: table, slot: slot)?.number, number < ids.count, !dead.contains(number)
      else { return false }
      return category == nil || categories[number] == category
    }

    func features(table: Int, slot: Int) -> ImageFeatures? { tables.image(table: table, slot: slot)?.features }

    func id(table: Int, slot: Int) -> Int64 {
      guard let number = tables.image(table: table, slot: slot)?.number, number < ids.count else { return 0 }
      return ids[number]
    }
  }
#endif
