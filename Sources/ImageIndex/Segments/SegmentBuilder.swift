import ImageMatching
import ImageSearch

/// Sorts the postings of rows into the bytes of a segment.
///
/// Reads the rows twice, first counting, then filling, and keeps no features in between: the memory it needs is that of
/// the posting directory, the keys and the codes.
struct SegmentBuilder {
  /// Calls its argument with key, category and features of each row.
  typealias Rows = ((Int64, Int64?, UnsafeRawBufferPointer) throws -> Void) throws -> Void

  let firstImage: Int64
  let lastImage: Int64
  private var ids: [Int64] = []
  private var categories: [UInt32] = []
  private var codes: [UInt64] = []
  /// Postings by their first `countingBits` bits.
  private var counts: [UInt32]
  private let countingBits: Int
  private var postings = 0
  /// Number of images of the range without features, which are not among the rows.
  var lost = 0

  /// First pass.
  ///
  /// - Parameter expected: about how many images there are.
  init(firstImage: Int64, lastImage: Int64, expected: Int, rows: Rows) throws {
    self.firstImage = firstImage
    self.lastImage = lastImage
    let most = min(max(1, expected), 1 << 24) * FeatureExtractor.indexCount
    countingBits = PostingTable.prefixBits(postings: most)
    counts = [UInt32](repeating: 0, count: 1 << countingBits)
    try rows { id, category, data in
      let features = try MatchEngine.features(data, of: id)
      ids.append(id)
      // Filters truncate the key alike.
      categories.append(category.map { UInt32(truncatingIfNeeded: $0) } ?? 0)
      for k in 0..<4 { codes.append(features.globalCode.words[k]) }
      let shift = UInt64(64 - countingBits)
      for signature in features.signatures { counts[Int(signature >> shift)] += 1 }
      postings += features.signatures.count
    }
  }

  var images: Int { ids.count }

  /// Second pass over the same rows.
  ///
  /// - Parameter allocate: allocates zeroed memory.
  /// - Throws: what `rows` and `allocate` throw; ``ImageSearchError/Code/indexCorrupt`` when the rows are not those of the first
  ///   pass.
  func build(rows: Rows, allocate: (Int) throws -> SegmentMemory) throws -> SegmentMemory {
    let bits = min(countingBits, PostingTable.prefixBits(postings: postings))
    guard let layout = SegmentLayout(images: ids.count, prefixBits: bits, postings: postings) else {
      throw ImageSearchError.local(.internalFailure, "A segment of \(ids.count) images is too large")
    }
    let memory = try allocate(layout.size)
    guard memory.bytes.count >= layout.size else {
      throw ImageSearchError.local(.internalFailure, "A segment got \(memory.bytes.count) of \(layout.size) bytes")
    }
    let bytes = memory.bytes
    copy(ids, to: bytes, layout.ids)
    copy(categories, to: bytes, layout.categories)
    copy(codes, to: bytes, layout.codes)
    let starts = starts(bits)
    copy(starts, to: bytes, layout.starts)
    try fill(bytes, layout, starts: starts, rows: rows)
    let checks = (0..<layout.blocks).map { Segment.check(of: $0, layout, bytes) }
    copy(checks, to: bytes, layout.checks)

    var header = SegmentHeader(
      matcher: MatchEngine.segmentVersion, parameters: MatchEngine.segmentParameters, firstImage: firstImage,
      lastImage: lastImage, layout: layout)
    header.lost = UInt32(clamping: lost)
    func checksum(_ part: Range<Int>) -> UInt32 {
      CRC32C.checksum(UnsafeRawBufferPointer(rebasing: bytes[part]))
    }
    header.idsChecksum = checksum(layout.ids.lowerBound..<layout.categories.upperBound)
    header.codesChecksum = checksum(layout.codes)
    header.startsChecksum = checksum(layout.starts)
    header.checksChecksum = checksum(layout.checks)
    header.write(to: bytes)
    return memory
  }

  /// The first posting of each cell of `bits` bits, and at the end their number.
  private func starts(_ bits: Int) -> [UInt32] {
    var starts = [UInt32](repeating: 0, count: (1 << bits) + 1)
    let fold = countingBits - bits
    var sum: UInt32 = 0
    for (i, count) in counts.enumerated() {
      if i & ((1 << fold) - 1) == 0 { starts[i >> fold] = sum }
      sum += count
    }
    starts[1 << bits] = sum
    return starts
  }

  private func fill(
    _ bytes: UnsafeMutableRawBufferPointer, _ layout: SegmentLayout, starts: [UInt32], rows: Rows
  ) throws {
    let words = UnsafeMutableRawBufferPointer(rebasing: bytes[layout.words]).assumingMemoryBound(to: UInt64.self)
    let frames = UnsafeMutableRawBufferPointer(rebasing: bytes[layout.frames]).assumingMemoryBound(to: UInt8.self)
    let shift = UInt64(64 - layout.prefixBits)
    var next = starts
    var number = 0
    try rows { id, _, data in
      guard number < ids.count, ids[number] == id else { throw Self.changed }
      let features = try MatchEngine.features(data, of: id)
      for (signature, frame) in zip(features.signatures, features.frames) {
        let cell = Int(signature >> shift)
        let at = Int(next[cell])
        guard at < Int(starts[cell + 1]) else { throw Self.changed }
        next[cell] += 1
        words[at] = UInt64(number) << 40 | signature & PostingTableBuilder.fragment
        frames[at] = frame.coarse
      }
      number += 1
    }
    guard number == ids.count else { throw Self.changed }
  }

  private func copy<Element: BitwiseCopyable>(
    _ values: [Element], to bytes: UnsafeMutableRawBufferPointer, _ part: Range<Int>
  ) {
    values.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: bytes[part]).copyMemory(from: $0) }
  }

  private static var changed: ImageSearchError {
    ImageSearchError.local(.indexCorrupt, "The index is damaged: rows changed while they were read")
  }
}
