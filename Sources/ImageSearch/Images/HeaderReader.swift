/// What the header parsers read through: one block of the source at a time, numbers of either byte order, and a budget, so
/// that a hostile file can cost neither memory nor time.
///
/// Reading past the end gives `nil`. Offsets cannot overflow: a parser spends at least one unit of the budget whenever it moves
/// on, by less than 2^34 bytes.
final class HeaderReader {
  enum ByteOrder { case little, big }

  private static let blockSize = 16 * 1024
  private static let blockCost = 64

  /// How many bytes the image has.
  let count: Int
  /// The format that the first bytes announce; for messages.
  let format: ImageFormat
  private let source: any ByteSource
  private var block: [UInt8] = []
  private var blockStart = 0
  /// One unit is a marker, chunk or entry passed; a block read costs 64. This ends after 4 096 blocks (64 MiB) or 262 144
  /// parts, which is the number of sub-blocks in 64 MiB of honest GIF.
  private var budget = 1 << 18

  init(_ source: any ByteSource, format: ImageFormat) {
    self.source = source
    self.format = format
    count = source.count
  }

  // MARK: reading

  func byte(at offset: Int) throws -> UInt8? {
    guard try load(offset, 1) else { return nil }
    return block[offset - blockStart]
  }

  /// - Parameter wanted: at most 16 KiB.
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

  func uint32(at offset: Int, _ order: ByteOrder) throws -> Int? {
    guard try load(offset, 4), let first = try uint16(at: offset, order), let second = try uint16(at: offset + 2, order)
    else { return nil }
    return order == .little ? second << 16 | first : first << 16 | second
  }

  /// Makes the block hold `wanted` bytes from `offset`; `false` when the image ends before.
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

  /// Pays for going on; `false` when the budget is spent.
  func spend() -> Bool {
    budget -= 1
    return budget > 0
  }

  /// Pays for going on where the header would be incomplete without.
  ///
  /// - Throws: ``ImageSearchError/Code/corruptImage`` when the budget is spent.
  func step() throws {
    guard spend() else { throw corrupt("its header has too many parts") }
  }

  // MARK: results

  /// - Throws: ``ImageSearchError/Code/corruptImage`` when there was nothing to read.
  func needed<Value>(_ value: Value?) throws -> Value {
    guard let value else { throw corrupt("its header is cut short, the image ends after \(count) bytes") }
    return value
  }

  func corrupt(_ reason: String) -> ImageSearchError {
    ImageSearchError(.corruptImage, "the \(format.name) image is damaged: \(reason)")
  }

  /// - Throws: ``ImageSearchError/Code/corruptImage`` when a side is zero.
  func header(width: Int, height: Int, orientation: Int = 1, isAnimated: Bool = false) throws -> ImageHeader {
    guard width > 0, height > 0 else { throw corrupt("its header says \(width) x \(height) pixels") }
    return ImageHeader(
      format: format, width: width, height: height, orientation: orientation, isAnimated: isAnimated, byteCount: count)
  }
}
