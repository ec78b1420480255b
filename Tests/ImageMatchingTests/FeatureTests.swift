import Rasters
import Testing

@testable import ImageMatching

@Suite struct FeatureTests {
  private let scene = Scene(seed: 21)

  @Test func anImageHasFeaturesAllOverIt() throws {
    let features = try ImageFeatures(of: scene.drawn(320, 240))
    #expect(features.signatures.count > 60)
    #expect(features.signatures.count <= FeatureExtractor.indexCount)
    let set = features.set
    #expect(set.width == 512 && set.height == 384)
    for quarter in [(0, 0), (1, 0), (0, 1), (1, 1)] {
      let inside = (0..<set.count).filter {
        Int(set.x[$0] / 256) == quarter.0 && Int(set.y[$0] / 192) == quarter.1
      }
      #expect(inside.count > 5)
    }
  }

  @Test func theSameImageGivesTheSameBytes() throws {
    let image = scene.drawn(200, 150)
    #expect(try ImageFeatures(of: image).bytes == ImageFeatures(of: image).bytes)
  }

  /// The bytes must not change without a new ``ImageFeatures/algorithmVersion``, on any machine.
  @Test func theAlgorithmIsTheOneOfItsVersion() throws {
    let bytes = try ImageFeatures(of: Scene(seed: 33).drawn(160, 120)).bytes
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for b in bytes { hash = (hash ^ UInt64(b)) &* 0x100_0000_01b3 }
    #expect(ImageFeatures.algorithmVersion == 2)
    #expect(hash == 13_042_996_386_737_877_154)
  }

  @Test func storedBytesComeBack() throws {
    let features = try ImageFeatures(of: scene.drawn(200, 150), originalWidth: 4000, originalHeight: 3000)
    let bytes = features.bytes
    #expect(bytes.count == 52 + 12 * features.signatures.count + Miniature.byteCount)
    #expect(bytes.count <= 4036)
    #expect(try ImageFeatures(bytes: bytes) == features)
  }

  @Test func damagedBytesAreErrors() throws {
    let good = try ImageFeatures(of: scene.drawn(120, 90)).bytes
    for n in [0, 1, 51, 52, good.count - 1] where n < good.count {
      #expect(throws: MatchingError.self) { try ImageFeatures(bytes: Array(good.prefix(n))) }
    }
    #expect(throws: MatchingError.self) { try ImageFeatures(bytes: good + [0]) }
    var other = good
    other[0] = 9
    #expect(throws: MatchingError.otherVersion(9)) { try ImageFeatures(bytes: other) }
    // No random bytes may trap, neither when read nor when used.
    var random = SplitMix(5)
    let query = try QueryFeatures(of: scene.drawn(120, 90))
    let matcher = Matcher(query, indexSize: 10)
    for _ in 0..<60 {
      var noise = good
      for _ in 0..<Int.random(in: 1...40, using: &random) {
        noise[Int.random(in: 1..<noise.count, using: &random)] = .random(in: 0...255, using: &random)
      }
      guard let features = try? ImageFeatures(bytes: noise) else { continue }
      var hints = Matcher.Hints()
      hints.upright = true
      hints.code = (70, .identity)
      _ = matcher.match(features, hints)
    }
  }

  @Test func imagesWithoutContentAreRefused() {
    #expect(throws: MatchingError.tooLittleDetail) { try ImageFeatures(of: .flat(300, 200, level: 128)) }
    #expect(throws: MatchingError.tooLittleDetail) { try QueryFeatures(of: .flat(300, 200, level: 0)) }
    #expect(throws: MatchingError.tooSmall(width: 10, height: 200)) {
      try ImageFeatures(of: .flat(10, 200, level: 128))
    }
    #expect(throws: MatchingError.tooSmall(width: 0, height: 0)) { try ImageFeatures(of: .empty) }
    // A line that is scaled down to nothing.
    #expect(throws: MatchingError.self) { try ImageFeatures(of: .flat(24, 4000, level: 128)) }
  }

  @Test func theMirroredSetIsTheSetOfTheMirroredImage() throws {
    let image = scene.drawn(256, 200)
    let query = try QueryFeatures(of: image)
    let other = try QueryFeatures(of: image.applying(Dihedral(rawValue: 1)))
    let (a, b) = (query.mirrored, other.upright)
    var found = 0
    for i in 0..<a.count {
      let same = (0..<b.count).contains { j in
        abs(a.x[i] - b.x[j]) < 0.5 && abs(a.y[i] - b.y[j]) < 0.5
          && (a.signatures[i] ^ b.signatures[j]).nonzeroBitCount <= 4
      }
      if same { found += 1 }
    }
    #expect(Double(found) > 0.8 * Double(a.count))
  }

  @Test func packedFramesKeepWhatMatters() {
    for (x, y, angle, sigma) in [(0, 0, 0, 2), (511.4, 383.2, 0.999, 3.3), (100.3, 7.7, 0.5, 40)]
      as [(Float, Float, Float, Float)]
    {
      let f = PackedFrame(x: x, y: y, angle: angle, sigma: sigma)
      #expect(abs(f.x - x) <= 0.5 && abs(f.y - y) <= 0.5)
      let turn = abs(f.angle - angle)
      #expect(min(turn, 1 - turn) <= 0.004)
      #expect(abs(f.sigma / sigma - 1) < 0.07)
    }
    #expect(PackedFrame(x: .nan, y: -5, angle: .infinity, sigma: 0).rawValue == 0)
  }

  @Test func aRegionOfAQueryIsLookedAtAlone() throws {
    let image = scene.drawn(300, 200)
    let region = PixelRect(x: 100, y: 50, width: 150, height: 100)
    let part = try QueryFeatures(of: image, region: region)
    #expect(part.upright.width == 512)
    #expect(part.region == region)
    #expect(throws: MatchingError.badRegion) {
      try QueryFeatures(of: image, region: PixelRect(x: 200, y: 0, width: 101, height: 10))
    }
    #expect(throws: MatchingError.badRegion) {
      try QueryFeatures(of: image, region: PixelRect(x: .max, y: 0, width: .max, height: 10))
    }
  }
}
