import CImageSearchHeader
import ImageSearch

#if LocalIndex
  import ImageIndex
#endif

/// Opening a client of Alibaba Cloud from the options of the header.
enum AlibabaCloudOpening {
  static func open(
    _ options: imagesearch_alibaba_cloud_options, _ configuration: ClientConfiguration
  ) throws -> any SearchService {
    guard options.reserved == 0 else { throw refuse("reserved is not 0") }
    var seldom = AlibabaCloudOptions()
    seldom.usesVPC = options.use_vpc != 0
    seldom.openPlatformEndpoint = try Reading.text(options.open_platform_endpoint, "open_platform_endpoint")
    if options.prepare_images != 0 {
      #if LocalIndex
        seldom.preparation = CodecImagePreparing()
      #else
        throw ImageSearchError(
          .unsupported, "prepare_images needs the image codecs (package trait LocalIndex)", service: "AlibabaCloud")
      #endif
    }
    return try AlibabaCloud(
      try credentials(options), instance: try Reading.required(options.instance, "instance"),
      region: try Reading.text(options.region, "region"), endpoint: try Reading.text(options.endpoint, "endpoint"),
      apiVersion: try version(options.api_version), options: seldom, configuration: configuration)
  }

  private static func credentials(_ options: imagesearch_alibaba_cloud_options) throws -> AlibabaCloudCredentials {
    let token = try Reading.text(options.security_token, "security_token")
    switch (
      try Reading.text(options.access_key_id, "access_key_id"),
      try Reading.text(options.access_key_secret, "access_key_secret")
    ) {
    case (nil, nil):
      guard token == nil else { throw refuse("security_token is given without access_key_id and access_key_secret") }
      return try .fromEnvironment()
    case (let id?, let secret?):
      return AlibabaCloudCredentials(accessKeyID: id, accessKeySecret: secret, securityToken: token)
    default: throw refuse("give both access_key_id and access_key_secret, or neither")
    }
  }

  private static func version(_ number: Int32) throws -> AlibabaCloudVersion {
    switch number {
    case 0, 20_201_214: return .v20201214
    case 20_190_325: return .v20190325
    case 20_180_120: return .v20180120
    default: throw refuse("api_version is \(number); it must be 20180120, 20190325 or 20201214")
    }
  }

  private static func refuse(_ message: String) -> ImageSearchError {
    ImageSearchError(.invalidArgument, message, service: "AlibabaCloud")
  }
}
