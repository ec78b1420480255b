import CImageCodecs
import Glibc

@testable import ImageCodecs

/// Small limits, so that an input that declares large sizes is rejected quickly.
private let limits: ImageLimits = {
  var limits = ImageLimits()
  limits.maximumPixels = 1 << 20
  limits.freeWorkingMemory = 16 << 20
  limits.maximumWorkingMemory = 32 << 20
  return limits
}()

/// Reads header, gray and colour image of any bytes.
func fuzzDecoder(_ data: UnsafePointer<UInt8>?, _ size: Int) -> Int32 {
  var bytes = [UInt8](UnsafeBufferPointer(start: data, count: size))
  decode(bytes)
  // libpng stops at a wrong checksum, which would keep the fuzzer from the code after it.
  if repairChecksums(&bytes) { decode(bytes) }
  return 0
}

private func decode(_ bytes: [UInt8]) {
  _ = try? ImageDecoder.decodeGray(bytes, limits: limits, targetLongestSide: 32)
  _ = try? ImageDecoder.decodeColor(bytes, limits: limits)
}

private func repairChecksums(_ bytes: inout [UInt8]) -> Bool {
  guard bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) else { return false }
  var position = 8
  while position + 12 <= bytes.count {
    let length = bytes[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
    guard position + 12 + length <= bytes.count else { break }
    let body = Array(bytes[position + 8..<position + 8 + length])
    let chunk = PNGBuilder.chunk(bytes[position + 4..<position + 8], body)
    bytes.replaceSubrange(position..<position + chunk.count, with: chunk)
    position += chunk.count
  }
  return true
}

func seedsOfDecoder() -> [(String, [UInt8])] { (try? files()) ?? [] }

private func files() throws -> [(String, [UInt8])] {
  let (width, height) = (23, 17)
  let count = width * height
  func pixels(_ channels: Int) -> [UInt8] { (0..<count * channels).map { UInt8($0 * 7 & 255) } }
  func jpeg(_ channels: Int, _ kind: image_jpeg_kind) throws -> [UInt8] {
    try ImageEncoder.jpeg(pixels(channels), width, height, channels: channels, quality: 70, kind)
  }
  var files: [(String, [UInt8])] = [
    ("jpeg-gray", try jpeg(1, IMAGE_JPEG_BASELINE)),
    ("jpeg", ExifBuilder.jpeg(try jpeg(3, IMAGE_JPEG_BASELINE), 6)),
    ("jpeg-progressive", try jpeg(3, IMAGE_JPEG_PROGRESSIVE)),
    ("jpeg-cmyk", try jpeg(4, IMAGE_JPEG_BASELINE)),
    ("jpeg-ycck", try jpeg(4, IMAGE_JPEG_YCCK)),
  ]
  for (depth, colorType, channels) in [(1, 0, 1), (16, 0, 1), (4, 3, 1), (8, 4, 2), (8, 2, 3), (16, 6, 4)] {
    var builder = PNGBuilder(width: width, height: height, depth: depth, colorType: colorType)
    builder.interlaced = depth == 4 || depth == 8
    builder.samples = (0..<count * channels).map { $0 * 31 & ((1 << depth) - 1) }
    if colorType == 3 { builder.chunks = [("PLTE", Array(GIFBuilder.grayPalette[..<48])), ("tRNS", [0, 128])] }
    files.append(("png-\(depth)-\(colorType)", ExifBuilder.png(builder.build(), 5)))
  }
  files.append(("png", try ImageEncoder.png(pixels(3), width, height, channels: 3, interlaced: false)))
  for interlaced in [false, true] {
    let frame = GIFBuilder.Frame(
      left: 1, width: width, height: height, indices: pixels(1), interlaced: interlaced, transparent: 3)
    let file = GIFBuilder(width: width, height: height, palette: GIFBuilder.grayPalette, frames: [frame, frame])
    files.append(("gif-\(interlaced)", file.build()))
  }
  for (bits, photometric, samples) in [
    (1, 0, 1), (8, 2, 3), (16, 2, 3), (8, 5, 4), (8, 1, 1), (12, 1, 1), (5, 2, 3), (16, 5, 4),
  ] {
    var builder = TIFFBuilder(width: width, height: height, bits: bits, samplesPerPixel: samples)
    builder.photometric = photometric
    builder.bigEndian = bits == 16
    builder.samples = (0..<count * samples).map { $0 * 31 & ((1 << bits) - 1) }
    builder.rowsPerStrip = 5
    files.append(("tiff-\(bits)-\(photometric)", builder.build()))
    builder.tile = 16
    builder.planar = samples > 1
    files.append(("tiff-tile-\(bits)-\(photometric)", builder.build()))
  }
  for (bits, size) in [(1, 40), (4, 12), (8, 40), (16, 40), (24, 124), (32, 108)] {
    let palette = bits <= 8 ? (0..<1 << bits).map { [UInt8($0), 0, UInt8(255 - $0)] } : []
    let data = (0..<(width * bits + 31) / 32 * 4 * height).map { UInt8($0 & 255) }
    files.append(
      (
        "bmp-\(bits)",
        BMPBuilder(width: width, height: height, bits: bits, headerSize: size, palette: palette, data: data).build()
      ))
  }
  let runs: [UInt8] = [20, 5, 0, 0, 0, 5, 1, 2, 3, 4, 5, 0, 0, 2, 3, 2, 9, 9, 0, 0, 4, 4, 0, 1]
  for (bits, compression) in [(8, 1), (4, 2)] {
    let builder = BMPBuilder(
      width: width, height: 9, bits: bits, compression: compression, palette: [[1, 2, 3]], data: runs)
    files.append(("bmp-runs-\(bits)", builder.build()))
  }
  let wide: [UInt8] = [20, 5, 6, 7, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 0, 2, 3, 2, 9, 9, 9, 9, 0, 1]
  files.append(
    ("bmp-runs-24", BMPBuilder(width: width, height: 9, headerSize: 64, compression: 4, data: wide).build()))
  for (name, channels, quality) in [("lossless", 3, nil), ("lossy", 3, 50), ("alpha", 4, 50)] as [(String, Int, Float?)]
  {
    let file = try ImageEncoder.webp(pixels(channels), width, height, channels: channels, quality: quality)
    files.append(("webp-\(name)", ExifBuilder.webp(file, width: width, height: height, 7)))
    files.append(
      ("webp-animated-\(name)", WEBPBuilder.animated(width: 40, height: 40, [(2, 4, width, height, file)])))
  }
  return files
}
