import Rasters
import Testing

@testable import ImageMatching

/// Searches for mirror images and negatives exchange bits of signatures, without reading pixels again.
@Suite struct SymmetryTests {
  private func descriptors(_ image: GrayImage) throws -> [(x: Float, y: Float, angle: Float, bits: UInt64)] {
    let plane = try #require(Resampler.scale(image, width: 512, height: 384))
    var all: [(x: Float, y: Float, angle: Float, bits: UInt64)] = []
    FeatureExtractor.describe(plane, count: 300, directions: 1) { k, angle, descriptor in
      all.append((k.x, k.y, angle, DescriptorProjection.signature(descriptor)))
    }
    return all
  }

  @Test func bitsOfTheMirroredPatch() throws {
    var reversed = [Float](repeating: 0, count: DescriptorProjection.length)
    let plane = try #require(Resampler.scale(Scene(seed: 4).drawn(320, 240), width: 512, height: 384))
    var (sum, count) = (0, 0)
    FeatureExtractor.describe(plane, count: 300, directions: 1) { _, _, descriptor in
      FeatureExtractor.mirror(descriptor, into: &reversed)
      let expected = DescriptorProjection.signature(reversed)
      sum += (expected ^ DescriptorProjection.signature(descriptor) ^ DescriptorProjection.mirroring).nonzeroBitCount
      count += 1
    }
    #expect(count > 100)
    #expect(Double(sum) / Double(count) < 3)
  }

  @Test func bitsOfTheNegative() throws {
    let image = Scene(seed: 9).drawn(320, 240)
    let negative = try #require(
      GrayImage(width: image.width, height: image.height, pixels: image.pixels.map { 255 - $0 }))
    let (a, b) = (try descriptors(image), try descriptors(negative))
    var (sum, count) = (0, 0)
    for p in a {
      for q in b where abs(p.x - q.x) < 0.01 && abs(p.y - q.y) < 0.01 {
        let turn = abs(abs(p.angle - q.angle) - 0.5)
        guard turn < 0.01 else { continue }
        sum += (p.bits ^ q.bits ^ DescriptorProjection.inverting).nonzeroBitCount
        count += 1
      }
    }
    #expect(count > 100)
    #expect(Double(sum) / Double(max(1, count)) < 3)
  }
}
