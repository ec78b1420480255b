// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// The header documents what is exported.

import CImageSearchHeader
import ImageSearch

@implementation @_cdecl("imagesearch_tineye_open")
public func imagesearch_tineye_open(
  _ tineye: UnsafePointer<imagesearch_tineye_options>!, _ options: UnsafePointer<imagesearch_client_options>!,
  _ error: HandleOut!, _ client: HandleOut!
) -> imagesearch_status {
  boundary(error, client) { try Opening.tinEye(tineye, options) }
}

@implementation @_cdecl("imagesearch_alibaba_cloud_open")
public func imagesearch_alibaba_cloud_open(
  _ alibaba: UnsafePointer<imagesearch_alibaba_cloud_options>!, _ options: UnsafePointer<imagesearch_client_options>!,
  _ error: HandleOut!, _ client: HandleOut!
) -> imagesearch_status {
  boundary(error, client) { try Opening.alibabaCloud(alibaba, options) }
}

@implementation @_cdecl("imagesearch_tmapi_open")
public func imagesearch_tmapi_open(
  _ tmapi: UnsafePointer<imagesearch_tmapi_options>!, _ options: UnsafePointer<imagesearch_client_options>!,
  _ error: HandleOut!, _ client: HandleOut!
) -> imagesearch_status {
  boundary(error, client) { try Opening.tmapi(tmapi, options) }
}

@implementation @_cdecl("imagesearch_local_index_open")
public func imagesearch_local_index_open(
  _ path: UnsafePointer<CChar>!, _ local: UnsafePointer<imagesearch_local_index_options>!,
  _ options: UnsafePointer<imagesearch_client_options>!, _ error: HandleOut!, _ client: HandleOut!
) -> imagesearch_status {
  boundary(error, client) { try LocalIndexCalls.open(path, local, options) }
}

@implementation @_cdecl("imagesearch_fallback_open")
public func imagesearch_fallback_open(
  _ clients: UnsafePointer<OpaquePointer?>!, _ client_count: Int, _ error: HandleOut!, _ client: HandleOut!
) -> imagesearch_status {
  boundary(error, client) { try Opening.fallback(clients, client_count) }
}

@implementation @_cdecl("imagesearch_client_close")
public func imagesearch_client_close(_ client: OpaquePointer!) {
  ClientHandle.of(client)?.close()
}

@implementation @_cdecl("imagesearch_client_free")
public func imagesearch_client_free(_ client: OpaquePointer!) {
  ClientHandle.of(client)?.free()
  ClientHandle.release(client)
}

@implementation @_cdecl("imagesearch_client_service")
public func imagesearch_client_service(_ client: OpaquePointer!) -> UnsafePointer<CChar>! {
  ClientHandle.of(client)?.name
}

@implementation @_cdecl("imagesearch_client_capabilities")
public func imagesearch_client_capabilities(_ client: OpaquePointer!) -> imagesearch_capabilities {
  ClientHandle.of(client)?.service.capabilities.rawValue ?? 0
}
