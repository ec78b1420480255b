/// Writes uncompressed TIFF: either byte order, strips or tiles, interleaved or separate planes.
struct TIFFBuilder {
  var width: Int
  var height: Int
  var bigEndian = false
  var bits = 8
  var samplesPerPixel = 3
  /// 0 white is zero, 1 black is zero, 2 RGB, 3 palette, 5 CMYK.
  var photometric = 2
  /// Samples row by row, of `bits` bits.
  var samples: [Int] = []
  var rowsPerStrip: Int?
  /// Side of a square tile, a multiple of 16.
  var tile: Int?
  var planar = false
  var orientation: Int?
  /// 1 associated, 2 unassociated alpha in the last sample.
  var extraSample: Int?
  /// 3 · 2^bits values of 16 bits.
  var palette: [Int]?
  var directories = 1

  func build() -> [UInt8] {
    var file = ByteWriter(bigEndian: bigEndian)
    file.text(bigEndian ? "MM" : "II")
    file.u16(42)
    file.u32(0)
    var offsets: [Int] = []
    var counts: [Int] = []
    for piece in pieces() {
      file.pad(to: 2)
      offsets.append(file.bytes.count)
      counts.append(piece.count)
      file.bytes += piece
    }
    var link = 4
    for _ in 0..<directories {
      file.pad(to: 2)
      patch(&file, link, file.bytes.count)
      link = directory(&file, offsets, counts)
    }
    return file.bytes
  }

  private func patch(_ file: inout ByteWriter, _ position: Int, _ value: Int) {
    var number = ByteWriter(bigEndian: bigEndian)
    number.u32(value)
    file.bytes.replaceSubrange(position..<position + 4, with: number.bytes)
  }

  /// Returns the position of the offset of the next directory.
  private func directory(_ file: inout ByteWriter, _ offsets: [Int], _ counts: [Int]) -> Int {
    var tags: [(tag: Int, type: Int, values: [Int])] = [
      (256, 4, [width]), (257, 4, [height]), (258, 3, Array(repeating: bits, count: samplesPerPixel)),
      (259, 3, [1]), (262, 3, [photometric]), (277, 3, [samplesPerPixel]), (284, 3, [planar ? 2 : 1]),
    ]
    if let orientation { tags.append((274, 3, [orientation])) }
    if let extraSample { tags.append((338, 3, [extraSample])) }
    if let palette { tags.append((320, 3, palette)) }
    if photometric == 5 { tags.append((332, 3, [1])) }
    if let tile {
      tags += [(322, 4, [tile]), (323, 4, [tile]), (324, 4, offsets), (325, 4, counts)]
    } else {
      tags += [(273, 4, offsets), (278, 4, [rowsPerStrip ?? height]), (279, 4, counts)]
    }
    tags.sort { $0.tag < $1.tag }
    let end = file.bytes.count + 2 + 12 * tags.count + 4
    var heap = ByteWriter(bigEndian: bigEndian)
    file.u16(tags.count)
    for (tag, type, values) in tags {
      file.u16(tag)
      file.u16(type)
      file.u32(values.count)
      var body = ByteWriter(bigEndian: bigEndian)
      for value in values { type == 3 ? body.u16(value) : body.u32(value) }
      if body.bytes.count <= 4 {
        body.pad(to: 4)
        while body.bytes.count < 4 { body.u8(0) }
        file.bytes += body.bytes
      } else {
        file.u32(end + heap.bytes.count)
        heap.bytes += body.bytes
        heap.pad(to: 2)
      }
    }
    let link = file.bytes.count
    file.u32(0)
    file.bytes += heap.bytes
    return link
  }

  private func encoded(_ values: [Int], width: Int) -> [UInt8] {
    guard bits == 16 else { return packed(values, width: width, bits: bits) }
    var writer = ByteWriter(bigEndian: bigEndian)
    for value in values { writer.u16(value) }
    return writer.bytes
  }

  private func pieces() -> [[UInt8]] {
    let planes = planar ? (0..<samplesPerPixel).map { [$0] } : [Array(0..<samplesPerPixel)]
    var pieces: [[UInt8]] = []
    for plane in planes {
      func sample(_ x: Int, _ y: Int) -> [Int] {
        let (x, y) = (min(x, width - 1), min(y, height - 1))
        return plane.map { samples[(y * width + x) * samplesPerPixel + $0] }
      }
      if let tile {
        for y in stride(from: 0, to: height, by: tile) {
          for x in stride(from: 0, to: width, by: tile) {
            let values = (y..<y + tile).flatMap { row in (x..<x + tile).flatMap { sample($0, row) } }
            pieces.append(encoded(values, width: tile * plane.count))
          }
        }
      } else {
        let rows = rowsPerStrip ?? height
        for y in stride(from: 0, to: height, by: rows) {
          let values = (y..<min(height, y + rows)).flatMap { row in (0..<width).flatMap { sample($0, row) } }
          pieces.append(encoded(values, width: width * plane.count))
        }
      }
    }
    return pieces
  }
}
