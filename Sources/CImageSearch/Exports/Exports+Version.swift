import CImageSearchHeader
import ImageSearch

// Static text is made once and never freed: the header promises that it outlives everything.
private func staticText(_ text: String) -> UnsafePointer<CChar> {
  let bytes = Array(text.utf8CString)
  let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
  copy.initialize(from: bytes, count: bytes.count)
  return UnsafePointer(copy)
}

private nonisolated(unsafe) let versionText = staticText(LibraryVersion.text)
private nonisolated(unsafe) let unknownText = staticText("unknown")
private nonisolated(unsafe) let okText = staticText("ok")
private nonisolated(unsafe) let statusTexts = ImageSearchError.Code.names.mapValues(staticText)

/// See the header.
@implementation @_cdecl("imagesearch_version")
public func imagesearch_version() -> UnsafePointer<CChar>! { versionText }

/// See the header.
@implementation @_cdecl("imagesearch_abi_version")
public func imagesearch_abi_version() -> Int32 { IMAGESEARCH_ABI_VERSION }

/// See the header.
@implementation @_cdecl("imagesearch_status_name")
public func imagesearch_status_name(_ status: imagesearch_status) -> UnsafePointer<CChar>! {
  status == 0 ? okText : statusTexts[ImageSearchError.Code(rawValue: status)] ?? unknownText
}
