import Rasters

@testable import ImageMatching

/// A table of many images in memory, for measuring how the cost of a search grows with the index.
///
///
/// The first images are real. The others are mixtures: each feature is drawn from the features of all real images, with an
/// eighth of its bits flipped, at a random position – so cells are as unevenly filled as with photographs, but no two features of
/// a mixture belong together. They are generated from their number when a search verifies them, as a row would be read.
struct ScaleTrial {
  private let real: [ImageFeatures]
  private let pool: [(signature: UInt64, frame: PackedFrame)]
  private let table: PostingTable
  private let codes: [UInt64]
  private let milliseconds: () -> Double
  /// Number of images in the table.
  let count: Int
  /// Milliseconds spent so far on features, candidates by votes and by code, and verification.
  private(set) var stages: (features: Double, candidates: Double, verification: Double) = (0, 0, 0)

  /// - Parameters:
  ///   - images: Real ones; those that are too simple are left out.
  ///   - count: Total number of images, below 16 million.
  ///   - milliseconds: A clock.
  /// - Returns: `nil` when none of the images has features.
  init?(_ images: [GrayImage], count: Int, milliseconds: @escaping () -> Double) {
    let real = images.compactMap { try? ImageFeatures(of: $0) }
    let pool = real.flatMap { Array(zip($0.signatures, $0.frames)) }.map { (signature: $0.0, frame: $0.1) }
    guard !pool.isEmpty, count >= real.count, count < PostingView.mostImages else { return nil }
    var builder = PostingTableBuilder()
    var codes: [UInt64] = []
    codes.reserveCapacity(4 * count)
    for number in 0..<count {
      let features = Self.image(number, real, pool)
      guard builder.add(number: number, features) else { return nil }
      for k in 0..<4 { codes.append(features.globalCode.words[k]) }
    }
    self.real = real
    self.pool = pool
    self.codes = codes
    self.count = count
    self.milliseconds = milliseconds
    table = builder.table()
  }

  /// Numbers and confidences of the accepted images, best first. Real images have their position among those with features.
  mutating func search(_ image: GrayImage) -> [(number: Int, confidence: Double)] {
    let start = milliseconds()
    guard let query = try? QueryFeatures(of: image) else { return [] }
    let described = milliseconds()
    let candidates =
      codes.withUnsafeBufferPointer { codes in
        table.withView { view in
          CandidateSearch.candidates(for: query, in: [CandidateSearch.Table(postings: view, codes: codes)])
        }
      } ?? []
    let voted = milliseconds()
    let hits = CandidateSearch.verify(
      candidates, of: query, indexSize: count, load: { _, number in Self.image(number, real, pool) },
      differs: { _ in nil }, check: {})
    let end = milliseconds()
    stages.features += described - start
    stages.candidates += voted - described
    stages.verification += end - voted
    return hits.map { ($0.image, $0.match.confidence) }
  }

  /// The features of an image of the table.
  private static func image(
    _ number: Int, _ real: [ImageFeatures], _ pool: [(signature: UInt64, frame: PackedFrame)]
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
    for _ in model.signatures.indices {
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
