#if LocalIndex
  import FoundationEssentials
  import ImageSearch
  import Rasters
  import Testing

  @testable import ImageIndex
  @testable import ImageMatching
  import TestSupport

  /// The cost of groups in a large index: `make bench-groups` runs it with 100 000 images, `GROUPS_IMAGES` sets the number.
  ///
  /// Rows are synthetic, because decoding a million images takes hours: each has as many features as a photograph (217), derived from those
  /// of drawn images by flipping bits, so that the sizes of the cells are distributed realistically. One image in fifty has a copy, in
  /// which a quarter of the features are missing and the others differ in some bits.
  @Suite(.enabled(if: LongForm.isOn)) struct GroupsScaleTests {
    private static let images = LongForm.rounds("GROUPS_IMAGES", usual: 2000, long: 100_000)

    private struct Maker {
      private let pool: [ImageFeatures]
      private var random: SplitMix

      init(seed: UInt64) throws {
        random = SplitMix(state: seed)
        pool = try (0..<40).map { seed in
          let drawn = Drawing(seed: UInt64(seed) + 500).drawn(400, 300)
          return try ImageFeatures(of: drawn.gray, originalWidth: 400, originalHeight: 300)
        }
      }

      /// Random bits that are 1 with a probability of the given number in 256.
      private mutating func bits(_ chance: UInt64) -> UInt64 {
        var word: UInt64 = 0
        for bit in 0..<64 where random.next() & 255 < chance { word |= 1 << UInt64(bit) }
        return word
      }

      mutating func image() -> ImageFeatures {
        var signatures: [UInt64] = []
        var frames: [PackedFrame] = []
        while signatures.count < 217 {
          let from = pool[Int(random.next() % UInt64(pool.count))]
          let at = Int(random.next() % UInt64(from.signatures.count))
          signatures.append(from.signatures[at] ^ bits(80))
          frames.append(PackedFrame(rawValue: UInt32(truncatingIfNeeded: random.next())))
        }
        let code = GlobalCode(words: SIMD4(random.next(), random.next(), random.next(), random.next()))
        return make(code, signatures, frames)
      }

      mutating func copy(of image: ImageFeatures) -> ImageFeatures {
        var signatures: [UInt64] = []
        var frames: [PackedFrame] = []
        for (signature, frame) in zip(image.signatures, image.frames) where random.next() & 3 != 0 {
          signatures.append(signature ^ bits(16))
          frames.append(frame)
        }
        var words = image.globalCode.words
        for k in 0..<4 { words[k] ^= bits(16) }
        return make(GlobalCode(words: words), signatures, frames)
      }

      private func make(_ code: GlobalCode, _ signatures: [UInt64], _ frames: [PackedFrame]) -> ImageFeatures {
        ImageFeatures(
          originalWidth: 400, originalHeight: 300, globalCode: code, trim: pool[0].trim, detail: 100,
          signatures: signatures, frames: frames, miniatureBytes: pool[0].miniatureBytes)
      }
    }

    @Test func groupsOfALargeIndex() async throws {
      let folder = try TemporaryFolder()
      let index = try LocalIndex(path: folder.path + "/index")
      var maker = try Maker(seed: 1)
      var number = 0
      var copies = 0
      var waiting: [ImageFeatures] = []
      while number < Self.images {
        try index.store.write(CallControl()) { transaction in
          let end = min(Self.images, number + 5000)
          let before = number
          while number < end {
            let features: ImageFeatures
            if number % 50 == 49, let original = waiting.randomElement() {
              features = maker.copy(of: original)
              waiting.removeAll()
              copies += 1
            } else {
              features = maker.image()
              waiting.append(features)
            }
            var digest = [UInt8](repeating: 0, count: 32)
            for k in 0..<8 { digest[k] = UInt8(truncatingIfNeeded: number >> (8 * k)) }
            let record = ImageRecord(
              itemID: "\(number)", name: "p", category: nil, customContent: nil, width: 400, height: 300,
              format: "JPEG", byteCount: 30_000, digest: digest, exifDate: nil, sourcePath: nil, sourceTime: nil,
              addedAt: Int64(number), engine: MatchEngine.version, warning: nil)
            _ = try transaction.write(NewImage(record: record, features: features.bytes, thumbnail: nil))
            number += 1
          }
          try transaction.noteChange(of: number - before)
        }
      }
      try index.compactor.run(CallControl(), wait: true)
      let start = ContinuousClock.now
      var groups = 0
      var members = 0
      let memory = try await PeakMemory.growth {
        for try await group in index.groups() {
          groups += 1
          members += group.members.count
        }
      }
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      LongForm.report(
        "groups: \(Self.images) images, \(copies) copies: \(groups) groups of \(members) members in \(seconds) s; peak"
          + " memory, mapped segments among it, \((memory ?? 0) / 1_048_576) MiB more")
      #expect(groups >= copies * 95 / 100 && groups <= copies)
    }
  }
#endif
