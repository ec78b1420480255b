extension HTTPBody {
  /// Passes through the body once, 64 KiB at a time; what has to be known before it is sent costs no memory.
  ///
  /// - Throws: ``ImageSearchError/Code/fileNotReadable``, ``ImageSearchError/Code/internalFailure``.
  package func digest(_ digest: Digest) throws -> [UInt8] {
    var context = try Digest.HashContext(digest)
    let reader = try makeReader()
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = try buffer.withUnsafeMutableBytes { try reader.read(into: $0) }
      if count == 0 { return try context.finish() }
      try buffer.withUnsafeBytes { try context.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    }
  }
}
