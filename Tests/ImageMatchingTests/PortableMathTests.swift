import Glibc
import Testing

@testable import ImageMatching

@Suite struct PortableMathTests {
  @Test func agreesWithTheCLibrary() {
    for i in -400...400 {
      let x = Double(i) * 0.0173
      #expect(abs(PortableMath.cosine(x) - cos(x)) < 1e-12)
      #expect(abs(PortableMath.sine(x) - sin(x)) < 1e-12)
      #expect(abs(PortableMath.exponential(x) / exp(x) - 1) < 1e-11)
      #expect(abs(PortableMath.logarithm(x * x + 0.001) - log(x * x + 0.001)) < 1e-11)
      let y = Double(i % 37) * 0.11
      #expect(abs(PortableMath.angle(y: y, x: x) - atan2(y, x)) < 1e-9)
    }
  }

  @Test func theZeroVectorHasAngleZero() { #expect(PortableMath.angle(y: 0, x: 0) == 0) }
}
