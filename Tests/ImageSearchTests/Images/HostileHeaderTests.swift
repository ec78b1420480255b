import ImageFormats
import ImageSearch
import Testing

/// No image may cause a trap, a long run time, or large reads.
@Suite struct HostileHeaderTests {
  /// Counts what is read.
  private final class CountingSource: ByteSource {
    private let bytes: ImageBytes
    private(set) var reads = 0
    private(set) var bytesRead = 0
    var count: Int { bytes.count }

    init(_ bytes: [UInt8]) { self.bytes = ImageBytes(bytes) }

    func read(at offset: Int, count: Int) -> [UInt8] {
      reads += 1
      let result = bytes.read(at: offset, count: count)
      bytesRead += result.count
      return result
    }
  }

  /// A source that ends before its declared size, like a file that is truncated while it is read.
  private struct ShrinkingSource: ByteSource {
    let bytes: [UInt8]
    let count: Int
    func read(at offset: Int, count: Int) -> [UInt8] { ImageBytes(bytes).read(at: offset, count: count) }
  }

  /// SplitMix64, for reproducible failures.
  private struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var value = state
      value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
      value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
      return value ^ (value >> 31)
    }
  }

  private static func times(_ count: Int, _ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    for _ in 0..<count { result += bytes }
    return result
  }

  @Test func randomChangesGiveAHeaderOrAnError() throws {
    var random = Generator(state: 2)
    let samples = SampleImage.all.map(\.bytes).filter { $0.count < 10_000 }
    var (headers, errors) = (0, 0)
    let codes: [ImageSearchError.Code] = [.corruptImage, .notAnImage, .unsupportedFormat, .emptyImage]
    for _ in 0..<20_000 {
      var bytes = try #require(samples.randomElement(using: &random))
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        // Most changes hit the first bytes, where the numbers are.
        let reach = Bool.random(using: &random) ? min(64, bytes.count) : bytes.count
        guard reach > 0 else { break }
        let index = Int.random(in: 0..<reach, using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes[index] ^= 1 << UInt8.random(in: 0...7, using: &random)
        case 2: bytes[index] = [0, 0x7F, 0x80, 0xFF].randomElement(using: &random) ?? 0
        case 3: bytes.removeSubrange(index..<min(bytes.count, index + Int.random(in: 1...8, using: &random)))
        default: bytes.insert(contentsOf: [UInt8](repeating: 0xFF, count: 4), at: index)
        }
      }
      do {
        let header = try ImageHeader.reading(ImageBytes(bytes))
        headers += 1
        #expect(header.width > 0 && header.height > 0 && (1...8).contains(header.orientation))
      } catch let error as ImageSearchError {
        errors += 1
        #expect(codes.contains(error.code), "\(error)")
      }
    }
    // Both outcomes must be frequent, or the changes test nothing.
    #expect(headers > 2_000 && errors > 2_000, "\(headers) headers, \(errors) errors")
  }

  @Test func bigImagesAreNotReadWhole() throws {
    let frame = ByteBuilder.jpegFrame(0xC0, 640, 480)
    let profile = (0..<20).flatMap { _ in ByteBuilder.jpegSegment(0xE2, ByteBuilder.zeros(65_000)) }
    let jpeg = CountingSource(ByteBuilder.jpeg(profile, frame) + ByteBuilder.zeros(8 << 20))
    #expect(try ImageHeader.reading(jpeg).width == 640)
    #expect(jpeg.bytesRead < 23 * 16_384)

    let pixels = (0..<8).flatMap { _ in ByteBuilder.pngChunk("IDAT", ByteBuilder.zeros(1 << 20)) }
    let png = CountingSource(ByteBuilder.png(9, 9) + pixels)
    #expect(try ImageHeader.reading(png).width == 9)
    #expect(png.bytesRead < 10 * 16_384)
  }

  @Test func endlessHeadersAreCutOff() {
    let empty = ByteBuilder.pngChunk("teXt", [])
    let many = 300_000
    let hostile: [(String, [UInt8])] = [
      ("fill bytes", [0xFF, 0xD8] + [UInt8](repeating: 0xFF, count: many)),
      ("stray bytes", [0xFF, 0xD8, 0xFF, 0x01] + ByteBuilder.zeros(many)),
      ("empty segments", [0xFF, 0xD8] + Self.times(many, [0xFF, 0xE5, 0, 2])),
      ("empty chunks", ByteBuilder.png(3, 3) + Self.times(many, empty)),
      ("empty extensions", ByteBuilder.gif("89a", 3, 3) + Self.times(many, [0x21, 0xFE, 0])),
      ("sub-blocks of a byte", ByteBuilder.gif("89a", 3, 3) + [0x21, 0xFE] + [UInt8](repeating: 1, count: 2 * many)),
      ("comment", Array("P6 #".utf8) + [UInt8](repeating: 0x20, count: many)),
    ]
    for (name, bytes) in hostile {
      let source = CountingSource(bytes)
      let error = #expect(throws: ImageSearchError.self, "\(name)") { try ImageHeader.reading(source) }
      #expect(error?.code == .corruptImage && error?.message.contains("too many parts") == true, "\(name)")
      #expect(source.reads <= 16_385, "\(name): \(source.reads) reads")
    }
  }

  @Test func endlessPixelsDoNotHideTheHeader() throws {
    let chunks = Self.times(300_000, ByteBuilder.big32(0) + Array("IDAT".utf8) + ByteBuilder.zeros(4))
    let source = CountingSource(ByteBuilder.png(3, 4) + chunks)
    #expect(try ImageHeader.reading(source).height == 4)
    #expect(source.reads <= 16_385)
  }

  @Test(arguments: SampleImage.all) func aShrinkingFileIsCutShort(_ sample: SampleImage) {
    let rest = Array(sample.bytes[..<min(sample.headerLength / 2, 20)])
    let source = ShrinkingSource(bytes: rest, count: sample.bytes.count)
    #expect(throws: ImageSearchError.self) { try ImageHeader.reading(source) }
  }
}
