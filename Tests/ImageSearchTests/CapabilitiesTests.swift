import ImageSearch
import Testing

@Suite struct CapabilitiesTests {
  @Test func theBitsAreThoseOfTheHeader() {
    #expect(Capabilities.imageCount.rawValue == 32)
    #expect(Capabilities.quota.rawValue == 64)
  }
}
