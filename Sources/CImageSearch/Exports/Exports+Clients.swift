import CImageSearchHeader
import ImageSearch

#if LocalIndex
  import ImageIndex
#endif

/// See the header.
@implementation @_cdecl("imagesearch_tineye_open")
public func imagesearch_tineye_open(
  _ tineye: UnsafePointer<imagesearch_tineye_options>!, _ options: UnsafePointer<imagesearch_client_options>!,
  _ error: UnsafeMutablePointer<OpaquePointer?>!, _ client: UnsafeMutablePointer<OpaquePointer?>!
) -> imagesearch_status {
  boundary(error, client) {
    let keys = try Reading.options(
      tineye, imagesearch_tineye_options(), minimumSize: MemoryLayout<imagesearch_tineye_options>.size,
      "imagesearch_tineye_options")
    let credentials: TinEyeCredentials
    switch (
      try Reading.text(keys.api_key, "api_key"), try Reading.text(keys.public_key, "public_key"),
      try Reading.text(keys.private_key, "private_key")
    ) {
    case (let key?, nil, nil): credentials = .apiKey(key)
    case (nil, let publicKey?, let privateKey?):
      credentials = .signature(publicKey: publicKey, privateKey: privateKey)
    default:
      throw ImageSearchError(
        .invalidArgument, "give either api_key or both public_key and private_key", service: "TinEye")
    }
    let (configuration, baseURL, uploads) = try Reading.client(options, limits: TinEye.defaultLimits)
    return try ClientHandle {
      try TinEye(
        credentials, baseURL: baseURL ?? TinEye.defaultBaseURL, uploadsUnfetchedImages: uploads,
        configuration: configuration)
    }
  }
}

/// See the header.
@implementation @_cdecl("imagesearch_alibaba_cloud_open")
public func imagesearch_alibaba_cloud_open(
  _ alibaba: UnsafePointer<imagesearch_alibaba_cloud_options>!, _ options: UnsafePointer<imagesearch_client_options>!,
  _ error: UnsafeMutablePointer<OpaquePointer?>!, _ client: UnsafeMutablePointer<OpaquePointer?>!
) -> imagesearch_status {
  boundary(error, client) {
    let alibaba = try Reading.options(
      alibaba, imagesearch_alibaba_cloud_options(), minimumSize: MemoryLayout<imagesearch_alibaba_cloud_options>.size,
      "imagesearch_alibaba_cloud_options")
    let configuration = try Reading.client(options, limits: AlibabaCloud.defaultSearchLimits).configuration
    return try ClientHandle { try AlibabaCloudOpening.open(alibaba, configuration) }
  }
}

/// See the header.
@implementation @_cdecl("imagesearch_tmapi_open")
public func imagesearch_tmapi_open(
  _ tmapi: UnsafePointer<imagesearch_tmapi_options>!, _ options: UnsafePointer<imagesearch_client_options>!,
  _ error: UnsafeMutablePointer<OpaquePointer?>!, _ client: UnsafeMutablePointer<OpaquePointer?>!
) -> imagesearch_status {
  boundary(error, client) {
    let tmapi = try Reading.options(
      tmapi, imagesearch_tmapi_options(), minimumSize: MemoryLayout<imagesearch_tmapi_options>.size,
      "imagesearch_tmapi_options")
    let endpoint: TMAPISearchRequest.Endpoint
    switch tmapi.endpoint {
    case Int32(IMAGESEARCH_TMAPI_SEARCH): endpoint = .search
    case Int32(IMAGESEARCH_TMAPI_GLOBAL): endpoint = .global
    case Int32(IMAGESEARCH_TMAPI_GLOBAL_V2): endpoint = .globalV2
    default:
      throw ImageSearchError(
        .invalidArgument, "endpoint is \(tmapi.endpoint); it must be one of IMAGESEARCH_TMAPI_*", service: "TMAPI")
    }
    let credentials = TMAPICredentials.token(
      try Reading.required(tmapi.api_token, "api_token"), placement: tmapi.token_in_query == 0 ? .header : .query)
    let (configuration, baseURL, _) = try Reading.client(options, limits: TMAPI.defaultLimits)
    return try ClientHandle {
      try TMAPI(
        credentials, baseURL: baseURL ?? TMAPI.defaultBaseURL, endpoint: endpoint, configuration: configuration)
    }
  }
}

/// See the header.
@implementation @_cdecl("imagesearch_local_index_open")
public func imagesearch_local_index_open(
  _ path: UnsafePointer<CChar>!, _ options: UnsafePointer<imagesearch_client_options>!,
  _ error: UnsafeMutablePointer<OpaquePointer?>!, _ client: UnsafeMutablePointer<OpaquePointer?>!
) -> imagesearch_status {
  imagesearch_local_index_open_with(path, nil, options, error, client)
}

/// See the header.
@implementation @_cdecl("imagesearch_local_index_open_with")
public func imagesearch_local_index_open_with(
  _ path: UnsafePointer<CChar>!, _ local: UnsafePointer<imagesearch_local_index_options>!,
  _ options: UnsafePointer<imagesearch_client_options>!, _ error: UnsafeMutablePointer<OpaquePointer?>!,
  _ client: UnsafeMutablePointer<OpaquePointer?>!
) -> imagesearch_status {
  boundary(error, client) {
    let path = try Reading.required(path, "path")
    #if LocalIndex
      return try ClientHandle { try LocalIndexOpening.open(path, local, options) }
    #else
      throw ImageSearchError(
        .unsupported, "this library was built without the local index (package trait LocalIndex); \(path) stays closed")
    #endif
  }
}

/// See the header.
@implementation @_cdecl("imagesearch_fallback_open")
public func imagesearch_fallback_open(
  _ clients: UnsafePointer<OpaquePointer?>!, _ client_count: Int, _ error: UnsafeMutablePointer<OpaquePointer?>!,
  _ client: UnsafeMutablePointer<OpaquePointer?>!
) -> imagesearch_status {
  boundary(error, client) {
    let count = try Reading.count(clients, client_count, "clients")
    let services = try (0..<count).map { try ClientHandle.service(clients[$0]) }
    return try ClientHandle { try FallbackService(services) }
  }
}

/// See the header.
@implementation @_cdecl("imagesearch_client_close")
public func imagesearch_client_close(_ client: OpaquePointer!) { ClientHandle.of(client)?.close() }

/// See the header.
@implementation @_cdecl("imagesearch_client_free")
public func imagesearch_client_free(_ client: OpaquePointer!) {
  ClientHandle.of(client)?.close()
  ClientHandle.release(client)
}

/// See the header.
@implementation @_cdecl("imagesearch_client_service")
public func imagesearch_client_service(_ client: OpaquePointer!) -> UnsafePointer<CChar>! {
  ClientHandle.of(client)?.name
}

/// See the header.
@implementation @_cdecl("imagesearch_client_capabilities")
public func imagesearch_client_capabilities(_ client: OpaquePointer!) -> UInt32 {
  ClientHandle.of(client)?.service.capabilities.rawValue ?? 0
}
