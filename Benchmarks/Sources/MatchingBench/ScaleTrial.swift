import Rasters

@testable import ImageMatching

/// Tables of many images in memory, for measuring how the cost of a search grows with the index.
///
/// The first images are real. The others are mixtures: each feature is drawn from the features of all real images, with an
/// eighth of its bits flipped, at a random position – so cells are as unevenly filled as with photographs, but no two features of
/// a mixture belong together. They are generated from their number when a search verifies them, as a row would be read.
struct ScaleTrial {
  private let real: [ImageFeatures]
  private let pool: [(signature: UInt64, frame: PackedFrame)]
  private let tables: [(postings: PostingTable, codes: [UInt64], bands: CodeBands?)]
  private let tableSize: Int
  /// Maximum number of features of an image that is not real.
  let most: Int
  private let milliseconds: () -> Double
  /// Number of images in all tables.
  let count: Int
  /// Milliseconds spent so far on features, candidates by votes and by code, and verification.
  private(set) var stages: (features: Double, candidates: Double, verification: Double) = (0, 0, 0)

  /// From this number of images on the index looks global codes up by bands (`Segment.sortedFrom`).
  private static let manyCodes = 5_000_000

  /// - Parameters:
  ///   - images: Real ones; those that are too simple are left out.
  ///   - count: Total number of images. A million and more are in four tables, as in an index of several segments.
  ///   - features: Maximum number of features of an image that is not real.
  ///   - milliseconds: A clock.
  /// - Returns: `nil` when none of the images has features.
  init?(_ images: [GrayImage], count: Int, features: Int, milliseconds: @escaping () -> Double) {
    let real = images.compactMap { try? ImageFeatures(of: $0) }
    let pool = real.flatMap { Array(zip($0.signatures, $0.frames)) }.map { (signature: $0.0, frame: $0.1) }
    let tableSize = count > 1_000_000 ? (count + 3) / 4 : count
    guard !pool.isEmpty, count >= real.count, tableSize < PostingView.mostImages else { return nil }
    tables = stride(from: 0, to: count, by: tableSize).map { first in
      var builder = PostingTableBuilder()
      var codes: [UInt64] = []
      codes.reserveCapacity(4 * tableSize)
      for number in first..<min(count, first + tableSize) {
        let image = Self.image(number, real, pool, most: features)
        // Below the limit of numbers, so that none is refused.
        _ = builder.add(number: number - first, image)
        for k in 0..<4 { codes.append(image.globalCode.words[k]) }
      }
      let bands = count > Self.manyCodes ? codes.withUnsafeBufferPointer { CodeBands($0) } : nil
      return (builder.table(), codes, bands)
    }
    self.real = real
    self.pool = pool
    self.tableSize = tableSize
    self.count = count
    self.milliseconds = milliseconds
    most = features
  }

  /// Numbers and confidences of the accepted images, best first. Real images have their position among those with features.
  ///
  /// - Parameter opened: The tables of ``withTables(_:_:)``, opened once as in an index.
  mutating func search(
    _ image: GrayImage, in opened: [CandidateSearch.Table]
  ) -> [(number: Int, confidence: Double)] {
    let start = milliseconds()
    guard let query = try? QueryFeatures(of: image) else { return [] }
    let described = milliseconds()
    let candidates = CandidateSearch.candidates(for: query, in: opened)
    let voted = milliseconds()
    let hits = CandidateSearch.verify(
      candidates, of: query, indexSize: count, load: { Self.image($0 * tableSize + $1, real, pool, most: most) },
      differs: { _ in nil }, check: {})
    let end = milliseconds()
    stages.features += described - start
    stages.candidates += voted - described
    stages.verification += end - voted
    return hits.map { ($0.table * tableSize + $0.image, $0.match.confidence) }
  }

  func withTables<Value>(
    _ body: ([CandidateSearch.Table]) -> Value, _ opened: [CandidateSearch.Table] = []
  ) -> Value {
    guard opened.count < tables.count else { return body(opened) }
    let (postings, codes, bands) = tables[opened.count]
    return codes.withUnsafeBufferPointer { codes in
      postings.withView { view in
        withTables(body, opened + [CandidateSearch.Table(postings: view, codes: codes, bands: bands)])
      } ?? body(opened)
    }
  }

  /// The features of an image.
  private static func image(
    _ number: Int, _ real: [ImageFeatures], _ pool: [(signature: UInt64, frame: PackedFrame)], most: Int
  ) -> ImageFeatures {
    guard number >= real.count else { return real[number] }
    var state = UInt64(truncatingIfNeeded: number) &* 0x9e37_79b9_7f4a_7c15
    func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var z = state
      z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
      z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
      return z ^ (z >> 31)
    }
    let model = real[number % real.count]
    var signatures: [UInt64] = []
    var frames: [PackedFrame] = []
    signatures.reserveCapacity(model.signatures.count)
    frames.reserveCapacity(model.signatures.count)
    for _ in model.signatures.indices.prefix(most) {
      let draw = next()
      let one = pool[Int(draw >> 32) % pool.count]
      // Three random words combined by AND have an eighth of their bits set.
      signatures.append(one.signature ^ (next() & next() & next()))
      // The low 20 bits are the position.
      let place = UInt32(truncatingIfNeeded: draw) & 0xf_ffff
      frames.append(PackedFrame(rawValue: one.frame.rawValue & ~0xf_ffff | place))
    }
    return ImageFeatures(
      originalWidth: model.originalWidth, originalHeight: model.originalHeight,
      globalCode: GlobalCode(words: SIMD4(next(), next(), next(), next())), trim: model.trim, detail: model.detail,
      signatures: signatures, frames: frames, miniatureBytes: model.miniatureBytes)
  }
}
