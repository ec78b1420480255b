/// C strings that live as long as the handle that they are read from. They are laid one behind the other, so that a page of a
/// thousand backlinks costs a handful of allocations.
final class TextArena {
  private var blocks: [UnsafeMutablePointer<CChar>] = []
  private var position = 0
  private var capacity = 0
  private static let blockSize = 16 << 10

  deinit { for block in blocks { block.deallocate() } }

  /// A copy of the text with a zero byte at its end; `nil` for `nil`.
  func add(_ text: String?) -> UnsafePointer<CChar>? {
    guard var text else { return nil }
    return text.withUTF8 { bytes in
      let target = reserve(bytes.count + 1)
      for i in bytes.indices { target[i] = CChar(bitPattern: bytes[i]) }
      target[bytes.count] = 0
      return UnsafePointer(target)
    }
  }

  private func reserve(_ count: Int) -> UnsafeMutablePointer<CChar> {
    if position + count > capacity || blocks.isEmpty {
      capacity = max(count, Self.blockSize)
      position = 0
      blocks.append(.allocate(capacity: capacity))
    }
    defer { position += count }
    return blocks[blocks.count - 1] + position
  }
}
