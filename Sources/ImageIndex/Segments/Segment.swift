import ImageMatching
import ImageSearch
import Synchronization

/// A segment is unusable and has to be rebuilt.
struct SegmentDamage: Error {
  /// The name of its file.
  var name: String
}

/// Postings, codes and keys of many images in an immutable file. All of it is derived from rows.
///
/// The codes are checked before their first use, the postings block by block before theirs, and everything else when the
/// file is opened.
///
/// `@unchecked`: the pointers are into ``SegmentMemory``, which is only read; `checked` is atomic.
final class Segment: @unchecked Sendable {
  /// The name of the file in the directory of segments.
  let name: String
  let header: SegmentHeader
  private let memory: SegmentMemory
  private let checked: UnsafeMutablePointer<Atomic<Bool>>
  private let codesAreChecked = Atomic<Bool>(false)
  private let damage = Atomic<Bool>(false)
  private let bands = Mutex<(lookups: Int, sorted: CodeBands?)>((0, nil))

  /// Minimum number of codes to sort them, which takes 64 bytes of memory per code, …
  private static let sortedFrom = 5_000_000
  /// … and the number of searches before that: sorting takes as long as this many full scans.
  private static let sortedAfter = 64

  /// Opens a segment.
  ///
  /// - Throws: ``SegmentDamage`` for a file that is missing, damaged or of another version.
  init(directory: String, name: String, firstImage: Int64, lastImage: Int64) throws {
    guard let memory = try? SegmentMemory(mapping: directory + "/" + name),
      let header = SegmentHeader(UnsafeRawBufferPointer(memory.bytes)),
      header.matcher == MatchEngine.segmentVersion, header.parameters == MatchEngine.segmentParameters,
      header.firstImage == firstImage, header.lastImage == lastImage
    else { throw SegmentDamage(name: name) }
    self.name = name
    self.header = header
    self.memory = memory
    let blocks = max(1, header.layout.blocks)
    checked = .allocate(capacity: blocks)
    for i in 0..<blocks { (checked + i).initialize(to: Atomic(false)) }
    let layout = header.layout
    let keys = layout.ids.lowerBound..<layout.categories.upperBound
    guard checksum(keys) == header.idsChecksum, checksum(layout.starts) == header.startsChecksum,
      checksum(layout.checks) == header.checksChecksum, idsRise
    else { throw SegmentDamage(name: name) }
  }

  deinit {
    checked.deinitialize(count: max(1, header.layout.blocks))
    checked.deallocate()
  }

  var count: Int { header.layout.images }

  /// Whether damage was found, or the file has been truncated.
  var isDamaged: Bool { damage.load(ordering: .relaxed) || !memory.isWhole }

  /// The key of an image's row.
  func id(_ image: Int) -> Int64 { column(header.layout.ids, of: Int64.self)[image] }

  /// The key of an image's category, 0 for none.
  func category(_ image: Int) -> UInt32 { column(header.layout.categories, of: UInt32.self)[image] }

  /// The number of a row's image; `nil` when it is not in this segment.
  func image(ofRow id: Int64) -> Int? {
    let ids = column(header.layout.ids, of: Int64.self)
    var low = 0
    var high = ids.count
    while low < high {
      let middle = (low + high) / 2
      if ids[middle] < id { low = middle + 1 } else { high = middle }
    }
    return low < ids.count && ids[low] == id ? low : nil
  }

  /// The table that the matcher searches; valid as long as the segment.
  ///
  /// - Throws: ``SegmentDamage``.
  func table() throws -> CandidateSearch.Table {
    let layout = header.layout
    if !codesAreChecked.load(ordering: .relaxed) {
      guard checksum(layout.codes) == header.codesChecksum else { throw SegmentDamage(name: name) }
      codesAreChecked.store(true, ordering: .relaxed)
    }
    guard !isDamaged,
      let postings = PostingView(
        prefixBits: layout.prefixBits, imageCount: layout.images, starts: column(layout.starts, of: UInt32.self),
        words: column(layout.words, of: UInt64.self), frames: column(layout.frames, of: UInt8.self),
        isSound: { [unowned self] in isSound($0) })
    else { throw SegmentDamage(name: name) }
    let codes = column(layout.codes, of: UInt64.self)
    return CandidateSearch.Table(postings: postings, codes: codes, bands: sorted(codes))
  }

  private func sorted(_ codes: UnsafeBufferPointer<UInt64>) -> CodeBands? {
    guard count >= Self.sortedFrom else { return nil }
    return bands.withLock { state in
      state.lookups += 1
      if state.sorted == nil, state.lookups > Self.sortedAfter { state.sorted = CodeBands(codes) }
      return state.sorted
    }
  }

  /// Checks the blocks of a range of postings, each block once.
  private func isSound(_ postings: Range<Int>) -> Bool {
    guard !postings.isEmpty else { return true }
    let first = postings.lowerBound / SegmentLayout.blockLength
    let last = (postings.upperBound - 1) / SegmentLayout.blockLength
    guard first >= 0, last < header.layout.blocks else { return false }
    for block in first...last where !checked[block].load(ordering: .relaxed) {
      guard Self.check(of: block, header.layout, memory.bytes) == column(header.layout.checks, of: UInt32.self)[block]
      else {
        damage.store(true, ordering: .relaxed)
        return false
      }
      checked[block].store(true, ordering: .relaxed)
    }
    return true
  }

  /// The checksum of one block of postings.
  static func check(of block: Int, _ layout: SegmentLayout, _ bytes: UnsafeMutableRawBufferPointer) -> UInt32 {
    let first = block * SegmentLayout.blockLength
    let end = min(layout.postings, first + SegmentLayout.blockLength)
    let words = bytes[layout.words.lowerBound + 8 * first..<layout.words.lowerBound + 8 * end]
    let frames = bytes[layout.frames.lowerBound + first..<layout.frames.lowerBound + end]
    let ofWords = CRC32C.checksum(UnsafeRawBufferPointer(rebasing: words))
    return CRC32C.checksum(UnsafeRawBufferPointer(rebasing: frames), seed: ofWords)
  }

  private func checksum(_ part: Range<Int>) -> UInt32 {
    CRC32C.checksum(UnsafeRawBufferPointer(rebasing: memory.bytes[part]))
  }

  private func column<Element>(_ part: Range<Int>, of type: Element.Type) -> UnsafeBufferPointer<Element> {
    // Aligned: mapped memory to a page, allocated memory to 16 bytes, every part to 8.
    UnsafeRawBufferPointer(rebasing: memory.bytes[part]).assumingMemoryBound(to: type)
  }

  /// Required by the binary search for rows.
  private var idsRise: Bool {
    var before = header.firstImage - 1
    for id in column(header.layout.ids, of: Int64.self) {
      guard id > before else { return false }
      before = id
    }
    return before <= header.lastImage
  }
}
