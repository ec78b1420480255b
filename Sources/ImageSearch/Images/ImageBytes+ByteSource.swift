extension ImageBytes: ByteSource {
  package func read(at offset: Int, count: Int) -> [UInt8] {
    guard offset >= 0, offset < self.count, count > 0 else { return [] }
    let end = offset + min(count, self.count - offset)
    return withUnsafeBytes { Array($0[offset..<end]) }
  }
}
