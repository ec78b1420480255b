import Glibc

@testable import ImageSearch

/// Any bytes as a packed body; what can be decoded must lead to the same body when it is packed again.
func fuzzPackedBody(_ data: UnsafePointer<UInt8>?, _ size: Int) -> Int32 {
  let bytes = [UInt8](UnsafeBufferPointer(start: data, count: size))
  guard let decoded = try? PackedBodyDecoder(bytes) else { return 0 }
  _ = try? decoded.imageNames()
  let images = (try? decoded.images()) ?? []
  guard !images.isEmpty else { return 0 }
  do {
    var body = PackedBody()
    for image in images { try body.add(image: BytesBody(image.bytes), name: image.name) }
    try body.add(imageList: images.map(\.name))
    let reader = try body.makeReader()
    var packed = [UInt8](repeating: 0, count: body.length)
    var filled = 0
    while filled < packed.count {
      let count = try packed.withUnsafeMutableBytes {
        try reader.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[filled...]))
      }
      if count == 0 { break }
      filled += count
    }
    guard filled == packed.count, try PackedBodyDecoder(packed).images() == images else { abort() }
  } catch {
    abort()
  }
  return 0
}
