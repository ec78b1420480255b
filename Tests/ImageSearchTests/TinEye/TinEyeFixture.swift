import TestSupport

@testable import ImageSearch

/// Clients for tests against the double: no pacing, no long waits.
enum TinEyeFixture {
  /// An image for which the double has 247 matches.
  static let melon = "https://tineye.com/images/meloncat.jpg"

  static func client(
    _ double: ProviderDouble, _ credentials: TinEyeCredentials = .apiKey("test-key"), baseURL: String? = nil,
    random: any RandomSource = SecureRandom(), _ change: (inout ClientConfiguration) -> Void = { _ in }
  ) throws -> TinEye {
    var configuration = ClientConfiguration()
    configuration.limits = RequestLimits(concurrent: 4)
    configuration.retry.baseDelay = .seconds(0.01)
    configuration.totalTimeout = .seconds(30)
    change(&configuration)
    return try TinEye(
      credentials, baseURL: baseURL ?? double.url + "/rest/", configuration: configuration, transport: nil,
      random: random)
  }

  /// The public key is the double's.
  static let signature = TinEyeCredentials.signature(publicKey: "test-public-key", privateKey: "test-key")
}
