import FoundationEssentials
import TestSupport

@testable import ImageSearch

/// Clients and images for the tests.
enum AlibabaCloudFixture {
  /// The start of a JPEG of the given size, padded to `bytes` bytes: sufficient for every check before the service's own.
  static func jpeg(_ width: Int = 640, _ height: Int = 480, bytes: Int = 200) -> [UInt8] {
    let start = ByteBuilder.jpeg(ByteBuilder.jpegFrame(0xC0, width, height))
    return start + ByteBuilder.zeros(max(0, bytes - start.count))
  }

  /// A JPEG with an EXIF rotation.
  static func turnedJPEG(_ width: Int = 640, _ height: Int = 480) -> [UInt8] {
    ByteBuilder.jpeg(
      ByteBuilder.jpegSegment(0xE1, Array("Exif\0\0".utf8) + ByteBuilder.exif(big: true, orientation: 6)),
      ByteBuilder.jpegFrame(0xC0, width, height))
  }

  /// A client of a double, over real sockets.
  static func client(
    _ double: ProviderDouble, version: AlibabaCloud.Version = .v20201214, instance: String = "goodssearch",
    credentials: AlibabaCloudCredentials = AlibabaCloudVectors.credentials, options: AlibabaCloud.Options = .init(),
    _ change: (inout ClientConfiguration) -> Void = { _ in }
  ) throws -> AlibabaCloud {
    var configuration = ClientConfiguration()
    configuration.limits = RequestLimits(concurrent: 8)
    configuration.retry.baseDelay = .seconds(0.01)
    change(&configuration)
    var options = options
    options.endpoint = double.url
    options.apiVersion = version
    return try AlibabaCloud(
      credentials, instance: instance, region: "cn-shanghai", options: options, configuration: configuration)
  }

  /// A client without a network; sleeps take no time.
  static func client(
    _ transport: ScriptedTransport, version: AlibabaCloud.Version = .v20201214, time: InstantTime = InstantTime(),
    options: AlibabaCloud.Options = .init(), configuration: ClientConfiguration = .init(),
    random: any RandomSource = FixedRandom()
  ) throws -> AlibabaCloud {
    var options = options
    options.apiVersion = version
    return try AlibabaCloud(
      AlibabaCloudVectors.credentials, instance: "demoinstance1", region: "cn-shanghai", options: options,
      configuration: configuration, transport: transport, time: time,
      random: random)
  }

  static let grant = """
    {"AccessKeyId":"STS.fake","Bucket":"viapi-customer-temp-fake","EncodedPolicy":"ZmFrZQ==",
    "Endpoint":"oss-cn-shanghai.aliyuncs.com","ObjectKey":"1/ImageSearch/fake.jpg","Signature":"ZmFrZXNpZw==",
    "RequestId":"R1","UseAccelerate":false}
    """
}
