import CImageSearchHeader
import ImageSearch

/// See the header.
@implementation @_cdecl("imagesearch_error_free")
public func imagesearch_error_free(_ error: OpaquePointer!) {
  ErrorHandle.release(error)
}

/// See the header.
@implementation @_cdecl("imagesearch_error_status")
public func imagesearch_error_status(_ error: OpaquePointer!) -> imagesearch_status {
  ErrorHandle.of(error)?.error.code.rawValue ?? 0
}

/// See the header.
@implementation @_cdecl("imagesearch_error_message")
public func imagesearch_error_message(_ error: OpaquePointer!) -> UnsafePointer<CChar>! {
  ErrorHandle.of(error)?.message
}

/// See the header.
@implementation @_cdecl("imagesearch_error_service")
public func imagesearch_error_service(_ error: OpaquePointer!) -> UnsafePointer<CChar>! {
  ErrorHandle.of(error)?.service
}

/// See the header.
@implementation @_cdecl("imagesearch_error_http_status")
public func imagesearch_error_http_status(_ error: OpaquePointer!) -> Int32 {
  Int32(clamping: ErrorHandle.of(error)?.error.httpStatus ?? 0)
}

/// See the header.
@implementation @_cdecl("imagesearch_error_provider_code")
public func imagesearch_error_provider_code(_ error: OpaquePointer!) -> UnsafePointer<CChar>! {
  ErrorHandle.of(error)?.providerCode
}

/// See the header.
@implementation @_cdecl("imagesearch_error_provider_message")
public func imagesearch_error_provider_message(_ error: OpaquePointer!) -> UnsafePointer<CChar>! {
  ErrorHandle.of(error)?.providerMessage
}

/// See the header.
@implementation @_cdecl("imagesearch_error_request_id")
public func imagesearch_error_request_id(_ error: OpaquePointer!) -> UnsafePointer<CChar>! {
  ErrorHandle.of(error)?.requestID
}

/// See the header.
@implementation @_cdecl("imagesearch_error_retry_after")
public func imagesearch_error_retry_after(_ error: OpaquePointer!) -> Double {
  ErrorHandle.of(error)?.error.retryAfter?.inSeconds ?? .nan
}

/// See the header.
@implementation @_cdecl("imagesearch_error_attempts")
public func imagesearch_error_attempts(_ error: OpaquePointer!) -> Int32 {
  Int32(clamping: ErrorHandle.of(error)?.error.attempts ?? 0)
}

/// See the header.
@implementation @_cdecl("imagesearch_error_may_have_been_charged")
public func imagesearch_error_may_have_been_charged(_ error: OpaquePointer!) -> Int32 {
  ErrorHandle.of(error)?.error.mayHaveBeenCharged == true ? 1 : 0
}
