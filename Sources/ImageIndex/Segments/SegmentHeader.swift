/// The first 128 bytes of a segment.
struct SegmentHeader: Sendable, Equatable {
  static let size = 128
  /// `ISLISEG` and the version of this format.
  private static let magic: UInt64 = 0x0147_4553_494C_5349

  /// Version of the features.
  var matcher: UInt32
  /// Hash of everything else that determines the postings: a segment with other parameters is unusable.
  var parameters: UInt32
  /// The range of row keys; rows that were deleted before the segment was built are not in it.
  var firstImage: Int64
  var lastImage: Int64
  var layout: SegmentLayout
  /// Number of images of the range without features: not in the segment, but counted.
  var lost: UInt32 = 0
  /// CRC-32C of the ids and categories; those of the codes, starts and checks follow.
  var idsChecksum: UInt32 = 0
  var codesChecksum: UInt32 = 0
  var startsChecksum: UInt32 = 0
  var checksChecksum: UInt32 = 0

  /// Writes the header with its own checksum in its last four bytes.
  func write(to target: UnsafeMutableRawBufferPointer) {
    guard target.count >= Self.size else { return }
    for i in 0..<Self.size { target[i] = 0 }
    target.storeBytes(of: Self.magic, toByteOffset: 0, as: UInt64.self)
    target.storeBytes(of: matcher, toByteOffset: 8, as: UInt32.self)
    target.storeBytes(of: parameters, toByteOffset: 12, as: UInt32.self)
    target.storeBytes(of: firstImage, toByteOffset: 16, as: Int64.self)
    target.storeBytes(of: lastImage, toByteOffset: 24, as: Int64.self)
    target.storeBytes(of: UInt32(layout.images), toByteOffset: 32, as: UInt32.self)
    target.storeBytes(of: UInt32(layout.prefixBits), toByteOffset: 36, as: UInt32.self)
    target.storeBytes(of: UInt64(layout.postings), toByteOffset: 40, as: UInt64.self)
    target.storeBytes(of: UInt64(layout.size), toByteOffset: 48, as: UInt64.self)
    target.storeBytes(of: idsChecksum, toByteOffset: 56, as: UInt32.self)
    target.storeBytes(of: codesChecksum, toByteOffset: 60, as: UInt32.self)
    target.storeBytes(of: startsChecksum, toByteOffset: 64, as: UInt32.self)
    target.storeBytes(of: checksChecksum, toByteOffset: 68, as: UInt32.self)
    target.storeBytes(of: lost, toByteOffset: 72, as: UInt32.self)
    let own = CRC32C.checksum(UnsafeRawBufferPointer(rebasing: target[0..<Self.size - 4]))
    target.storeBytes(of: own, toByteOffset: Self.size - 4, as: UInt32.self)
  }

  init(
    matcher: UInt32, parameters: UInt32, firstImage: Int64, lastImage: Int64, layout: SegmentLayout
  ) {
    self.matcher = matcher
    self.parameters = parameters
    self.firstImage = firstImage
    self.lastImage = lastImage
    self.layout = layout
  }

  /// - Returns: `nil` for bytes that are not a segment's header, or do not fit the length of the file.
  init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= Self.size, bytes.loadUnaligned(as: UInt64.self) == Self.magic,
      CRC32C.checksum(UnsafeRawBufferPointer(rebasing: bytes[0..<Self.size - 4]))
        == bytes.loadUnaligned(fromByteOffset: Self.size - 4, as: UInt32.self)
    else { return nil }
    func word(_ offset: Int) -> UInt32 { bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self) }
    guard let postings = Int(exactly: bytes.loadUnaligned(fromByteOffset: 40, as: UInt64.self)),
      let layout = SegmentLayout(images: Int(word(32)), prefixBits: Int(word(36)), postings: postings),
      layout.size == bytes.count,
      bytes.loadUnaligned(fromByteOffset: 48, as: UInt64.self) == UInt64(bytes.count)
    else { return nil }
    matcher = word(8)
    parameters = word(12)
    firstImage = bytes.loadUnaligned(fromByteOffset: 16, as: Int64.self)
    lastImage = bytes.loadUnaligned(fromByteOffset: 24, as: Int64.self)
    self.layout = layout
    idsChecksum = word(56)
    codesChecksum = word(60)
    startsChecksum = word(64)
    checksChecksum = word(68)
    lost = word(72)
  }
}
