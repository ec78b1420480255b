import CMatchingKernels
import Rasters
import Testing

@testable import ImageMatching

@Suite struct GlobalCodeTests {
  private func spectrum(_ image: GrayImage) throws -> GlobalSpectrum {
    let size = Resampler.size(width: image.width, height: image.height, longest: 256)
    let plane = try #require(Resampler.scale(image, width: size.width, height: size.height))
    return try #require(GlobalSpectrum(of: plane, area: BorderTrim.area(of: plane)))
  }

  @Test func halfOfTheBitsAreSet() throws {
    let words = try spectrum(Scene(seed: 1).drawn(200, 150)).code.words
    #expect((0..<4).reduce(0) { $0 + words[$1].nonzeroBitCount } == 128)
  }

  @Test func anotherSizeAndShapeChangeFewBits() throws {
    let scene = Scene(seed: 2)
    let code = try spectrum(scene.drawn(300, 200)).code
    #expect(try spectrum(scene.drawn(90, 60)).code.distance(to: code) <= 24)
    #expect(try spectrum(scene.drawn(200, 240)).code.distance(to: code) <= 24)
  }

  @Test func otherImagesAreFarAway() throws {
    let codes = try (0..<12).map { try spectrum(Scene(seed: 100 + $0).drawn(120, 90)).code }
    for (i, a) in codes.enumerated() {
      for b in codes[..<i] { #expect(a.distance(to: b) > 60) }
    }
  }

  @Test(arguments: 0..<8)
  func codesOfTurnedImagesComeFromOneTransform(raw: Int) throws {
    let image = Scene(seed: 3).drawn(160, 120)
    let orientation = Dihedral(rawValue: UInt8(raw))
    let predicted = try spectrum(image).code(orientation)
    let real = try spectrum(image.applying(orientation)).code
    #expect(predicted.distance(to: real) <= 6)
  }

  @Test func bordersAreTrimmed() throws {
    let scene = Scene(seed: 4)
    let framed = scene.drawn(280, 220) { x, y in
      let sx = (x * 280 - 40) / 200
      let sy = (y * 220 - 35) / 150
      return (0..<1).contains(sx) && (0..<1).contains(sy) ? (sx, sy) : nil
    }
    #expect(try spectrum(framed).code.distance(to: spectrum(scene.drawn(200, 150)).code) <= 20)
  }

  @Test func anImageThatIsAllBorderIsNotTrimmed() throws {
    let plane = try #require(Resampler.scale(.flat(40, 40, level: 9), width: 40, height: 40))
    #expect(BorderTrim.area(of: plane) == PixelRect(x: 0, y: 0, width: 40, height: 40))
  }

  @Test func detailTellsFlatFromFull() throws {
    #expect(try spectrum(.flat(100, 80, level: 90)).detail < GlobalSpectrum.leastDetail)
    #expect(try spectrum(Scene(seed: 5).drawn(100, 80)).detail > 3 * GlobalSpectrum.leastDetail)
  }

  @Test func scanFindsWhatAPlainLoopFinds() {
    var random = SplitMix(7)
    let queries = (0..<8).map { _ in randomCode(&random) }
    var codes = (0..<3000).map { _ in randomCode(&random) }
    // Near copies of some queries.
    for i in stride(from: 5, to: 3000, by: 97) {
      var words = queries[i % 8].words
      for bit in 0..<(i % 70) { words[bit % 4] ^= 1 << UInt64(bit * 7 % 64) }
      codes[i] = GlobalCode(words: words)
    }
    let table = codes.flatMap { c in (0..<4).map { c.words[$0] } }
    let hits = table.withUnsafeBufferPointer { GlobalCodeScan.nearest(in: $0, to: queries, within: 60, limit: 1000) }
    let expected = codes.enumerated().compactMap { i, code in
      queries.map { code.distance(to: $0) }.min().flatMap { $0 <= 60 ? [$0, i] : nil }
    }
    .sorted { ($0[0], $0[1]) < ($1[0], $1[1]) }
    #expect(expected.count > 20)
    #expect(hits.map { [$0.distance, $0.index] } == expected)
    #expect(hits.allSatisfy { queries[$0.query].distance(to: codes[$0.index]) == $0.distance })
    let few = table.withUnsafeBufferPointer { GlobalCodeScan.nearest(in: $0, to: queries, within: 60, limit: 3) }
    #expect(few == Array(hits.prefix(3)))
  }

  @Test func bandsFindWhatIsNear() {
    var random = SplitMix(17)
    let queries = (0..<8).map { _ in randomCode(&random) }
    var codes = (0..<4000).map { _ in randomCode(&random) }
    // Copies of the queries with 0, 1, 2 … 60 random bits flipped.
    for i in 0..<61 {
      var words = queries[i % 8].words
      var turned: Set<Int> = []
      while turned.count < i { turned.insert(Int.random(in: 0..<256, using: &random)) }
      for bit in turned { words[bit >> 6] ^= 1 << UInt64(bit & 63) }
      codes[60 * i + 7] = GlobalCode(words: words)
    }
    let table = codes.flatMap { c in (0..<4).map { c.words[$0] } }
    table.withUnsafeBufferPointer { table in
      let bands = CodeBands(table)
      let scanned = GlobalCodeScan.nearest(in: table, to: queries, within: 60, limit: 1000)
      let found = bands.nearest(in: table, to: queries, within: 60, limit: 1000)
      #expect(scanned.count >= 61)
      // All by the pigeonhole principle; most of those that are farther.
      #expect(found.filter { $0.distance <= 31 } == scanned.filter { $0.distance <= 31 })
      #expect(Set(found).isSubset(of: scanned))
      #expect(found.count >= scanned.count - 8)
      #expect(bands.nearest(in: table, to: queries, within: 60, limit: 5) == Array(found.prefix(5)))
      #expect(bands.nearest(in: table, to: [], within: 60, limit: 5).isEmpty)
      // A table other than the one it was built from.
      let fewer = UnsafeBufferPointer(rebasing: table[..<400])
      #expect(bands.nearest(in: fewer, to: queries, within: 60, limit: 5).isEmpty)
    }
    #expect(
      [UInt64]().withUnsafeBufferPointer { CodeBands($0).nearest(in: $0, to: queries, within: 9, limit: 9) }.isEmpty)
  }

  @Test func aTableOfNothingButNearCodesIsCutToTheNearest() {
    let table = [UInt64](repeating: 0, count: 4 * 9000)
    let zero = GlobalCode(words: SIMD4())
    let hits = table.withUnsafeBufferPointer { GlobalCodeScan.nearest(in: $0, to: [zero], within: 60, limit: 2) }
    #expect(hits.map(\.index) == [0, 1])
  }

  @Test(arguments: [1, 8])
  func everyVariantOfTheKernelAgrees(queryCount: Int) {
    var random = SplitMix(8)
    let table = (0..<4 * 501).map { _ in random.next() }
    let queries = (0..<4 * queryCount).map { _ in random.next() }
    let all = (0...2).map { variant in
      var hits = [matching_code_hit](repeating: matching_code_hit(), count: 600)
      let found = matching_scan_codes_variant(
        Int32(variant), table, 501, queries, queryCount, 120, &hits, hits.count)
      return hits.prefix(found).map { [Int($0.index), Int($0.distance), Int($0.query)] }
    }
    #expect(!all[0].isEmpty && all[0].count < 501)
    #expect(all[0] == all[1])
    #expect(all[0] == all[2])
  }

  @Test(arguments: [1, 3, 100])
  func nearPairsAreTheSameWithAndWithoutVectors(perQuery: Int) {
    var random = SplitMix(9)
    // Few distinct words, so that there are many near pairs.
    let words = (0..<9).map { _ in random.next() }
    func noisy() -> UInt64 {
      words[Int.random(in: 0..<9, using: &random)] ^ (random.next() & random.next() & random.next())
    }
    let queries = (0..<41).map { _ in noisy() }
    let stored = (0..<30).map { _ in noisy() }
    for capacity in [7, 2000] {
      let results = [matching_near_pairs, matching_near_pairs_portable].map { kernel in
        let pairs = [matching_pair](unsafeUninitializedCapacity: capacity) { buffer, used in
          used = kernel(queries, queries.count, stored, stored.count, 17, perQuery, buffer.baseAddress, capacity)
        }
        return pairs.map { [Int($0.query), Int($0.stored), Int($0.distance)] }
      }
      #expect(results[0].count > 5)
      #expect(results[0] == results[1])
    }
  }

  private func randomCode(_ random: inout SplitMix) -> GlobalCode {
    GlobalCode(words: SIMD4(random.next(), random.next(), random.next(), random.next()))
  }
}
