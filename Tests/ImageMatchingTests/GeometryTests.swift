import Rasters
import Testing

@testable import ImageMatching

@Suite struct GeometryTests {
  private let map = AffineMap(m11: 0.8, m12: -0.3, m13: 12, m21: 0.4, m22: 1.1, m23: -5)

  @Test func mapsComposeAndInvert() throws {
    let back = try #require(map.inverse)
    let p = map.then(back).apply(17, -4)
    #expect(abs(p.x - 17) < 1e-9 && abs(p.y + 4) < 1e-9)
    #expect(AffineMap(m11: 1, m12: 2, m13: 0, m21: 2, m22: 4, m23: 0).inverse == nil)
  }

  @Test func anisotropyIsTheRatioOfStretches() {
    #expect(abs(AffineMap.scaling(3, 2).anisotropy - 1.5) < 1e-9)
    #expect(abs(AffineMap(m11: 0, m12: -2, m13: 0, m21: 2, m22: 0, m23: 0).anisotropy - 1) < 1e-9)
  }

  @Test func fitsFindTheMapOfExactPoints() throws {
    var fit = AffineFit()
    for (x, y) in [(0, 0), (100, 0), (0, 80), (60, 50), (20, 90)] as [(Double, Double)] {
      let p = map.apply(x, y)
      fit.add(x, y, to: p.x, p.y)
    }
    let found = try #require(fit.affine)
    #expect(abs(found.m11 - map.m11) < 1e-9 && abs(found.m23 - map.m23) < 1e-9)
    var turned = AffineFit()
    let similarity = AffineMap(m11: 0.6, m12: -0.9, m13: 3, m21: 0.9, m22: 0.6, m23: 4)
    for (x, y) in [(0, 0), (10, 0), (4, 7)] as [(Double, Double)] {
      let p = similarity.apply(x, y)
      turned.add(x, y, to: p.x, p.y)
    }
    let same = try #require(turned.similarity)
    #expect(abs(same.m21 - 0.9) < 1e-9 && abs(same.m13 - 3) < 1e-9)
  }

  @Test func pointsOnALineHaveNoAffineMap() {
    var fit = AffineFit()
    for x in 0..<6 { fit.add(Double(x), Double(2 * x), to: Double(x), Double(x)) }
    #expect(fit.affine == nil)
    var one = AffineFit()
    one.add(3, 3, to: 4, 4)
    one.add(3, 3, to: 5, 5)
    #expect(one.similarity == nil)
  }

  @Test func overlapIsTheClippedArea() {
    let shift = AffineMap(m11: 1, m12: 0, m13: 5, m21: 0, m22: 1, m23: 0)
    #expect(abs(Overlap.share(10, 10, through: shift, inside: 10, 10) - 0.5) < 1e-9)
    #expect(abs(Overlap.share(10, 10, through: .scaling(0.5, 0.5), inside: 10, 10) - 1) < 1e-9)
    #expect(abs(Overlap.share(10, 10, through: .scaling(2, 2), inside: 10, 10) - 0.25) < 1e-9)
    let away = AffineMap(m11: 1, m12: 0, m13: 50, m21: 0, m22: 1, m23: 0)
    #expect(Overlap.share(10, 10, through: away, inside: 10, 10) == 0)
    // A square rotated by 45° over one of the same size: an octagon with 2 (√2 − 1) of its area.
    let h = 0.5.squareRoot()
    let turned = AffineMap(m11: h, m12: -h, m13: 5, m21: h, m22: h, m23: 5 - 10 * h)
    #expect(abs(Overlap.share(10, 10, through: turned, inside: 10, 10) - 2 * (2.0.squareRoot() - 1)) < 1e-6)
  }
}
