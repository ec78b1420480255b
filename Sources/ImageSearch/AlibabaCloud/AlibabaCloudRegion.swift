/// A region with an Image Search endpoint. Keys and instances are regional.
public struct AlibabaCloudRegion: RawRepresentable, Sendable, Hashable {
  /// The region's id, for instance `"cn-shanghai"`.
  public let rawValue: String

  /// - Parameter rawValue: a region's id; one that is not in ``all`` needs an endpoint of its own.
  public init(rawValue: String) { self.rawValue = rawValue }

  /// The regions of the documents, and the last two of the vendor's client (docs/sources/alibaba-image-search.md, section 4).
  public static let all: [AlibabaCloudRegion] = [
    "cn-hangzhou", "cn-shanghai", "cn-beijing", "cn-shenzhen", "cn-hongkong", "ap-southeast-1", "ap-northeast-1",
    "eu-central-1", "ap-southeast-2", "ap-south-1",
  ].map { AlibabaCloudRegion(rawValue: $0) }

  /// The host that serves everybody.
  public var publicHost: String { "imagesearch.\(rawValue).aliyuncs.com" }
  /// The host inside of the region's private networks (VPC).
  public var vpcHost: String { "imagesearch-vpc.\(rawValue).aliyuncs.com" }
}
