import ImageSearch

extension TransportBody {
  /// What a transfer would send, read in pieces of at most that many bytes.
  func bytes(inPiecesOf size: Int = 1000) throws -> [UInt8] {
    let reader = try makeReader()
    var output: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: size)
    while true {
      let count = try buffer.withUnsafeMutableBytes { try reader.read(into: $0) }
      if count == 0 { return output }
      output += buffer[..<count]
    }
  }
}
