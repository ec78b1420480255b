import Glibc
import Rasters

/// Reads binary PGM files (`P5`, 8 bit), so that the measurements need no codec.
enum PGM {
  static func read(_ path: String) -> GrayImage? {
    guard let bytes = contents(path), bytes.starts(with: [0x50, 0x35]) else { return nil }
    var at = 2
    var numbers: [Int] = []
    while numbers.count < 3, at < bytes.count {
      guard (48...57).contains(bytes[at]) else {
        at += 1
        continue
      }
      var value = 0
      while at < bytes.count, (48...57).contains(bytes[at]), value < 1 << 24 {
        value = value * 10 + Int(bytes[at]) - 48
        at += 1
      }
      numbers.append(value)
    }
    guard numbers.count == 3, numbers[2] == 255, at < bytes.count else { return nil }
    return GrayImage(width: numbers[0], height: numbers[1], pixels: Array(bytes[(at + 1)...]))
  }

  static func lines(_ path: String) -> [String] {
    guard let bytes = contents(path) else { return [] }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  private static func contents(_ path: String) -> [UInt8]? {
    guard let file = fopen(path, "rb") else { return nil }
    defer { fclose(file) }
    var all: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let n = fread(&part, 1, part.count, file)
      if n == 0 { return all }
      all += part[..<n]
    }
  }
}
