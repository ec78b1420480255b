/// Behind `imagesearch_bytes`.
final class BytesHandle: Handle {
  let bytes: UnsafeMutableBufferPointer<UInt8>

  init(_ content: [UInt8]) {
    bytes = .allocate(capacity: content.count)
    _ = bytes.initialize(from: content)
  }

  deinit { bytes.deallocate() }
}
