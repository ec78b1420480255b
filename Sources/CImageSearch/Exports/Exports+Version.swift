// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// The header documents what is exported.

import CImageSearchHeader

@implementation @_cdecl("imagesearch_version")
public func imagesearch_version() -> UnsafePointer<CChar>! {
  StaticText.version
}

@implementation @_cdecl("imagesearch_abi_version")
public func imagesearch_abi_version() -> Int32 {
  IMAGESEARCH_ABI_VERSION
}

@implementation @_cdecl("imagesearch_build_info")
public func imagesearch_build_info() -> UnsafePointer<CChar>! {
  StaticText.buildInfo
}

@implementation @_cdecl("imagesearch_status_name")
public func imagesearch_status_name(_ status: imagesearch_status) -> UnsafePointer<CChar>! {
  StaticText.name(of: status)
}
