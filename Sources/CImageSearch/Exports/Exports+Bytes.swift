import CImageSearchHeader

/// See the header.
@implementation @_cdecl("imagesearch_bytes_free")
public func imagesearch_bytes_free(_ bytes: OpaquePointer!) {
  BytesHandle.release(bytes)
}

/// See the header.
@implementation @_cdecl("imagesearch_bytes_data")
public func imagesearch_bytes_data(_ bytes: OpaquePointer!, _ length: UnsafeMutablePointer<Int>!) -> UnsafePointer<
  UInt8
>! {
  let content = BytesHandle.of(bytes)?.bytes
  length?.pointee = content?.count ?? 0
  return UnsafePointer(content?.baseAddress)
}
