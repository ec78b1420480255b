/// What is seldom changed of a client of Alibaba Cloud Image Search.
public struct AlibabaCloudOptions: Sendable {
  /// The pixels a side that instances for fabric take.
  public static let fabricSides = 448...4096
  /// The pixels a side that instances for trademarks take.
  public static let trademarkSides = 200...4095

  /// Use the region's private host; only inside of its private networks (VPC).
  public var usesVPC = false
  /// Where uploads are authorized, a host or an http(s) URL. `nil` takes `openplatform.aliyuncs.com`, or the client's own
  /// endpoint when that is none of Alibaba Cloud's hosts: who sends requests elsewhere does not expect images to leave.
  public var openPlatformEndpoint: String?
  /// How requests of 2020-12-14 are signed.
  public var signatureMethod = AlibabaCloudSignatureMethod.acs3
  /// The pixels that each side of an image may have, checked before anything is sent; see ``fabricSides``.
  public var imageSides = 100...4096
  /// Re-encodes images that are too large or turned by EXIF instead of refusing them.
  package var preparation: (any ImagePreparing)?

  /// The defaults.
  public init() {}
}
