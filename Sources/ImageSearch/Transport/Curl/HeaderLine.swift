/// One line of an answer's head, as libcurl hands it over.
enum HeaderLine {
  /// `HTTP/1.1 200 OK`.
  case status
  /// A header, its name in lower case and its value without the blanks around it.
  case field(name: String, value: String)
  /// The empty line.
  case end
  /// Anything else, which is passed over.
  case other

  init(_ line: UnsafeRawBufferPointer) {
    guard let first = line.first, first != 13, first != 10 else {
      self = .end
      return
    }
    if line.count >= 5, line[0] == 0x48, line[1] == 0x54, line[2] == 0x54, line[3] == 0x50, line[4] == 0x2F {
      self = .status
      return
    }
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
      self = .other
      return
    }
    var start = colon + 1
    var end = line.count
    while start < end, line[start] == 32 || line[start] == 9 { start += 1 }
    while end > start, line[end - 1] <= 32 { end -= 1 }
    let name = String(unsafeUninitializedCapacity: colon) { buffer in
      for i in 0..<colon {
        let byte = line[i]
        buffer[i] = (65...90).contains(byte) ? byte | 0x20 : byte
      }
      return colon
    }
    let value = String(decoding: UnsafeRawBufferPointer(rebasing: line[start..<end]), as: UTF8.self)
    self = .field(name: name, value: value)
  }
}
