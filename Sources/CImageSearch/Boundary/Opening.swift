import CImageSearchHeader
import ImageSearch

#if LocalIndex
  import ImageIndex
#endif

/// Opening clients from the options of the header.
enum Opening {
  static func tinEye(
    _ pointer: UnsafePointer<imagesearch_tineye_options>?, _ client: UnsafePointer<imagesearch_client_options>?
  ) throws -> ClientHandle {
    let options = try Reading.options(pointer, imagesearch_tineye_options())
    try Reading.reserved(options.reserved)
    let credentials: TinEyeCredentials
    switch (
      try Reading.text(options.api_key, "api_key"), try Reading.text(options.public_key, "public_key"),
      try Reading.text(options.private_key, "private_key")
    ) {
    case (let key?, nil, nil): credentials = .apiKey(key)
    case (nil, let publicKey?, let privateKey?):
      credentials = .signature(publicKey: publicKey, privateKey: privateKey)
    default:
      throw ImageSearchError(
        .invalidArgument, "give either api_key or both public_key and private_key", service: "TinEye")
    }
    return try .open(client, limits: TinEye.defaultLimits) { client in
      try TinEye(
        credentials, baseURL: client.baseURL ?? TinEye.defaultBaseURL,
        uploadsUnfetchedImages: options.upload_unfetched_images != 0, configuration: client.configuration)
    }
  }

  static func alibabaCloud(
    _ pointer: UnsafePointer<imagesearch_alibaba_cloud_options>?,
    _ client: UnsafePointer<imagesearch_client_options>?
  ) throws -> ClientHandle {
    let options = try Reading.options(pointer, imagesearch_alibaba_cloud_options())
    try Reading.reserved(options.reserved)
    return try .open(client, limits: AlibabaCloud.defaultSearchLimits) { client in
      var own = AlibabaCloud.Options()
      own.endpoint = try Reading.text(options.endpoint, "endpoint")
      own.apiVersion = try version(options.version)
      own.usesVPC = options.use_vpc != 0
      own.openPlatformEndpoint = try Reading.text(options.open_platform_endpoint, "open_platform_endpoint")
      if options.prepare_images != 0 {
        #if LocalIndex
          own.preparesImages = true
        #else
          throw ImageSearchError(
            .unsupported, "prepare_images needs the image codecs (package trait LocalIndex)", service: "AlibabaCloud")
        #endif
      }
      return try AlibabaCloud(
        try credentials(options), instance: try Reading.required(options.instance, "instance"),
        region: try Reading.text(options.region, "region"), options: own, configuration: client.configuration)
    }
  }

  private static func credentials(_ options: imagesearch_alibaba_cloud_options) throws -> AlibabaCloudCredentials {
    let token = try Reading.text(options.security_token, "security_token")
    switch (
      try Reading.text(options.access_key_id, "access_key_id"),
      try Reading.text(options.access_key_secret, "access_key_secret")
    ) {
    case (nil, nil):
      guard token == nil else {
        throw refusal("security_token is given without access_key_id and access_key_secret")
      }
      return try .fromEnvironment()
    case (let id?, let secret?):
      return AlibabaCloudCredentials(accessKeyID: id, accessKeySecret: secret, securityToken: token)
    default: throw refusal("give both access_key_id and access_key_secret, or neither")
    }
  }

  private static func version(_ number: imagesearch_alibaba_cloud_version) throws -> AlibabaCloud.Version {
    switch Int(number) {
    case 0, IMAGESEARCH_ALIBABA_CLOUD_2020: .v20201214
    case IMAGESEARCH_ALIBABA_CLOUD_2019: .v20190325
    case IMAGESEARCH_ALIBABA_CLOUD_2018: .v20180120
    default: throw refusal("version is \(number); it must be 20180120, 20190325 or 20201214")
    }
  }

  private static func refusal(_ message: String) -> ImageSearchError {
    ImageSearchError(.invalidArgument, message, service: "AlibabaCloud")
  }

  static func tmapi(
    _ pointer: UnsafePointer<imagesearch_tmapi_options>?, _ client: UnsafePointer<imagesearch_client_options>?
  ) throws -> ClientHandle {
    let options = try Reading.options(pointer, imagesearch_tmapi_options())
    let endpoint: TMAPISearchRequest.Endpoint =
      switch Int(options.endpoint) {
      case IMAGESEARCH_TMAPI_SEARCH: .search
      case IMAGESEARCH_TMAPI_GLOBAL: .global
      case IMAGESEARCH_TMAPI_GLOBAL_V2: .globalV2
      default:
        throw ImageSearchError(
          .invalidArgument, "endpoint is \(options.endpoint); it must be one of IMAGESEARCH_TMAPI_*", service: "TMAPI")
      }
    let credentials = TMAPICredentials.token(
      try Reading.required(options.api_token, "api_token"), placement: options.token_in_query == 0 ? .header : .query)
    return try .open(client, limits: TMAPI.defaultLimits) { client in
      try TMAPI(
        credentials, baseURL: client.baseURL ?? TMAPI.defaultBaseURL, endpoint: endpoint,
        configuration: client.configuration)
    }
  }

  static func fallback(_ clients: UnsafePointer<OpaquePointer?>?, _ count: Int) throws -> ClientHandle {
    let count = try Reading.count(clients, count, "clients")
    let services = try UnsafeBufferPointer(start: clients, count: count).map { try ClientHandle.open($0).service }
    return try ClientHandle(try FallbackService(services), CallbackThread())
  }
}
