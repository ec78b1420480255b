/// Bytes with random access: an image's header is read by seeking, never by loading the image.
package protocol ByteSource {
  /// Number of bytes.
  var count: Int { get }

  /// Returns up to `count` bytes from `offset`; none if `offset` or `count` is out of range.
  ///
  /// - Throws: the system's error.
  func read(at offset: Int, count: Int) throws -> [UInt8]
}

/// Bytes in memory that outlive the source.
package struct MemorySource: ByteSource {
  private let bytes: UnsafeRawBufferPointer

  package init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  package var count: Int { bytes.count }

  package func read(at offset: Int, count: Int) -> [UInt8] {
    guard offset >= 0, offset < bytes.count, count > 0 else { return [] }
    return Array(bytes[offset..<offset + min(count, bytes.count - offset)])
  }
}

/// The header parsers' access to a source: one block at a time, numbers of either byte order, and a budget that limits
/// the memory and time for a hostile file.
///
/// Reading past the end returns `nil`. Offsets cannot overflow: a parser spends at least one unit of the budget for
/// each step, which is less than 2^34 bytes.
final class HeaderReader {
  enum ByteOrder { case little, big }

  /// Small, because most steps skip far ahead: from chunk to chunk, over the pixels.
  private static let blockSize = 4096
  private static let blockCost = 16

  /// Size of the image in bytes.
  let count: Int
  /// The format by the first bytes, for messages.
  let format: ImageFormat
  /// Frames are counted up to here.
  let frameLimit: Int
  private let source: any ByteSource
  private var block: [UInt8] = []
  private var blockStart = 0
  /// One unit pays for a marker, chunk or entry; reading a block costs 16. The budget lasts for 16 384 blocks (64 MiB)
  /// or 262 144 parts, the number of sub-blocks in 64 MiB of a regular GIF.
  private var budget = 1 << 18

  init(_ source: any ByteSource, format: ImageFormat, frameLimit: Int) {
    self.source = source
    self.format = format
    self.frameLimit = frameLimit
    count = source.count
  }

  // MARK: reading

  func byte(at offset: Int) throws -> UInt8? {
    guard try load(offset, 1) else { return nil }
    return block[offset - blockStart]
  }

  /// - Parameter wanted: at most 4 KiB.
  func bytes(at offset: Int, count wanted: Int) throws -> [UInt8]? {
    guard try load(offset, wanted) else { return nil }
    let start = offset - blockStart
    return Array(block[start..<(start + wanted)])
  }

  func uint16(at offset: Int, _ order: ByteOrder) throws -> Int? {
    guard try load(offset, 2) else { return nil }
    let first = Int(block[offset - blockStart])
    let second = Int(block[offset - blockStart + 1])
    return order == .little ? second << 8 | first : first << 8 | second
  }

  /// `nil` also on overflow of `Int`.
  func uint64(at offset: Int, _ order: ByteOrder) throws -> Int? {
    guard try load(offset, 8), let first = try uint32(at: offset, order), let second = try uint32(at: offset + 4, order)
    else { return nil }
    let (high, low) = order == .little ? (second, first) : (first, second)
    return high < 1 << 31 ? high << 32 | low : nil
  }

  func uint32(at offset: Int, _ order: ByteOrder) throws -> Int? {
    guard try load(offset, 4), let first = try uint16(at: offset, order), let second = try uint16(at: offset + 2, order)
    else { return nil }
    return order == .little ? second << 16 | first : first << 16 | second
  }

  /// Loads `wanted` bytes from `offset` into the block; `false` if the image ends before.
  private func load(_ offset: Int, _ wanted: Int) throws -> Bool {
    guard offset >= 0, offset < count, wanted > 0, wanted <= count - offset else { return false }
    if offset >= blockStart, offset - blockStart <= block.count, wanted <= block.count - (offset - blockStart) {
      return true
    }
    budget -= Self.blockCost
    block = try source.read(at: offset, count: Self.blockSize)
    blockStart = offset
    return wanted <= block.count
  }

  // MARK: budget

  /// Spends one unit; `false` when the budget is spent.
  func spend() -> Bool {
    budget -= 1
    return budget > 0
  }

  /// Spends one unit where the header would otherwise be incomplete.
  ///
  /// - Throws: ``ImageFormatError`` of the kind `corrupt` when the budget is spent.
  func step() throws {
    guard spend() else { throw corrupt("its header has too many parts") }
  }

  // MARK: results

  /// - Throws: ``ImageFormatError`` of the kind `truncated` if the value is missing.
  func needed<Value>(_ value: Value?) throws -> Value {
    guard let value else {
      throw ImageFormatError(
        .truncated, "the \(format.name) image is damaged: its header is cut short, the image ends after \(count) bytes")
    }
    return value
  }

  /// The error for a header that contradicts itself or its format.
  func corrupt(_ reason: String) -> ImageFormatError {
    ImageFormatError(.corrupt, "the \(format.name) image is damaged: \(reason)")
  }

  /// The error for a valid variant of the format that is not supported.
  func unsupported(_ reason: String) -> ImageFormatError {
    ImageFormatError(.unsupported, "the \(format.name) image is of a kind that is not taken: \(reason)")
  }

  /// - Throws: ``ImageFormatError`` of the kind `corrupt` when a side is zero.
  func header(
    width: Int, height: Int, orientation: Int? = nil, isAnimated: Bool = false, frameCount: Int = 1,
    exif: ExifData? = nil
  ) throws -> ImageHeader {
    guard width > 0, height > 0 else { throw corrupt("its header says \(width) x \(height) pixels") }
    return ImageHeader(
      format: format, width: width, height: height, orientation: orientation ?? exif?.orientation ?? 1,
      isAnimated: isAnimated, frameCount: max(1, frameCount), exifDate: exif?.date, byteCount: count)
  }
}
