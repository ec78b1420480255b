/// Writes an orientation into the containers that support Exif.
enum ExifBuilder {
  /// A TIFF directory with the orientation only.
  static func block(_ orientation: Int, bigEndian: Bool = false) -> [UInt8] {
    var writer = ByteWriter(bigEndian: bigEndian)
    writer.text(bigEndian ? "MM" : "II")
    writer.u16(42)
    writer.u32(8)
    writer.u16(1)
    writer.u16(0x0112)
    writer.u16(3)
    writer.u32(1)
    writer.u16(orientation)
    writer.u16(0)
    writer.u32(0)
    return writer.bytes
  }

  static func jpeg(_ file: [UInt8], _ orientation: Int, bigEndian: Bool = false) -> [UInt8] {
    var segment = ByteWriter(bigEndian: true)
    let body = Array("Exif\0\0".utf8) + block(orientation, bigEndian: bigEndian)
    segment.u16(0xFFE1)
    segment.u16(body.count + 2)
    return Array(file[..<2]) + segment.bytes + body + file[2...]
  }

  static func png(_ file: [UInt8], _ orientation: Int, bigEndian: Bool = false) -> [UInt8] {
    Array(file[..<33]) + PNGBuilder.chunk("eXIf", block(orientation, bigEndian: bigEndian)) + file[33...]
  }

  /// Wraps the chunks of a simple WEBP into an extended one.
  static func webp(_ file: [UInt8], width: Int, height: Int, _ orientation: Int) -> [UInt8] {
    WEBPBuilder.extended(
      width: width, height: height, flags: 0x08,
      WEBPBuilder.chunks(of: file) + WEBPBuilder.chunk("EXIF", block(orientation)))
  }
}

/// Extended WEBP containers around the encoder's output.
enum WEBPBuilder {
  static func chunk(_ name: String, _ body: [UInt8]) -> [UInt8] {
    var writer = ByteWriter()
    writer.text(name)
    writer.u32(body.count)
    writer.bytes += body
    writer.pad(to: 2)
    return writer.bytes
  }

  /// `VP8 ` or `VP8L` of a file, with `ALPH` before it, but no `VP8X`.
  static func chunks(of file: [UInt8]) -> [UInt8] {
    let body = Array(file[12...])
    return String(decoding: body[..<4], as: UTF8.self) == "VP8X" ? Array(body[18...]) : body
  }

  static func extended(width: Int, height: Int, flags: Int, _ chunks: [UInt8]) -> [UInt8] {
    var header = ByteWriter()
    header.u32(flags)
    for side in [width - 1, height - 1] {
      header.u16(side)
      header.u8(side >> 16)
    }
    return chunk("RIFF", Array("WEBP".utf8) + chunk("VP8X", header.bytes) + chunks)
  }

  static func animated(width: Int, height: Int, _ frames: [(x: Int, y: Int, width: Int, height: Int, file: [UInt8])])
    -> [UInt8]
  {
    var body = chunk("ANIM", [0, 0, 0, 0, 0, 0])
    for frame in frames {
      var writer = ByteWriter()
      for value in [frame.x / 2, frame.y / 2, frame.width - 1, frame.height - 1, 100] {
        writer.u16(value)
        writer.u8(value >> 16)
      }
      writer.u8(0)
      body += chunk("ANMF", writer.bytes + chunks(of: frame.file))
    }
    return extended(width: width, height: height, flags: 0x12, body)
  }
}
