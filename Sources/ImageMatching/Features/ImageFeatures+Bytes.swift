/// The stored form, little-endian: version 1, detail 1, number of features 2, width 4, height 4, the area it
/// describes 2 × 4 (left, top, width, height), global code 32, signatures 8 each, frames 4 each,
/// then the miniature.
extension ImageFeatures {
  private static let headerLength = 52

  /// The bytes of these features.
  package var bytes: [UInt8] {
    var all: [UInt8] = []
    all.reserveCapacity(Self.headerLength + 12 * signatures.count + Miniature.byteCount)
    all.append(UInt8(truncatingIfNeeded: Self.algorithmVersion))
    all.append(UInt8(truncatingIfNeeded: detail))
    Self.put(UInt64(signatures.count), 2, &all)
    Self.put(UInt64(truncatingIfNeeded: originalWidth), 4, &all)
    Self.put(UInt64(truncatingIfNeeded: originalHeight), 4, &all)
    for side in [trim.x, trim.y, trim.width, trim.height] {
      Self.put(UInt64(truncatingIfNeeded: side), 2, &all)
    }
    for k in 0..<4 { Self.put(globalCode.words[k], 8, &all) }
    for s in signatures { Self.put(s, 8, &all) }
    for f in frames { Self.put(UInt64(f.rawValue), 4, &all) }
    all += miniatureBytes
    return all
  }

  /// Reads stored features.
  ///
  /// - Throws: ``MatchingError/otherVersion(_:)``, or ``MatchingError/damagedFeatures(_:)`` for anything that ``bytes``
  ///   cannot have written.
  package init(bytes: UnsafeRawBufferPointer) throws {
    guard bytes.count >= Self.headerLength else {
      throw MatchingError.damagedFeatures("\(bytes.count) bytes are too few")
    }
    guard Int(bytes[0]) == Self.algorithmVersion else { throw MatchingError.otherVersion(Int(bytes[0])) }
    let count = Int(Self.get(bytes, 2, 2))
    guard count <= FeatureExtractor.indexCount else {
      throw MatchingError.damagedFeatures("\(count) features are too many")
    }
    guard bytes.count == Self.headerLength + 12 * count + Miniature.byteCount else {
      throw MatchingError.damagedFeatures("\(bytes.count) bytes for \(count) features")
    }
    let width = Int(Self.get(bytes, 4, 4))
    let height = Int(Self.get(bytes, 8, 4))
    let size = Resampler.size(width: width, height: height, longest: FeatureExtractor.workingSide)
    guard min(size.width, size.height) >= ScaleSpace.leastSide else {
      throw MatchingError.damagedFeatures("an image of \(width) × \(height)")
    }
    let trim = PixelRect(
      x: Int(Self.get(bytes, 12, 2)), y: Int(Self.get(bytes, 14, 2)), width: Int(Self.get(bytes, 16, 2)),
      height: Int(Self.get(bytes, 18, 2)))
    guard trim.isInside(width: size.width, height: size.height) else {
      throw MatchingError.damagedFeatures("an area outside the image")
    }
    var words = SIMD4<UInt64>()
    for k in 0..<4 { words[k] = Self.get(bytes, 20 + 8 * k, 8) }
    let signatures = (0..<count).map { Self.get(bytes, Self.headerLength + 8 * $0, 8) }
    let frameStart = Self.headerLength + 8 * count
    let frames = (0..<count).map {
      PackedFrame(rawValue: UInt32(truncatingIfNeeded: Self.get(bytes, frameStart + 4 * $0, 4)))
    }
    self.init(
      originalWidth: width, originalHeight: height, globalCode: GlobalCode(words: words), trim: trim,
      detail: Int(bytes[1]), signatures: signatures, frames: frames,
      miniatureBytes: Array(bytes[(frameStart + 4 * count)...]))
  }

  /// Reads stored features.
  ///
  /// - Throws: As ``init(bytes:)-(UnsafeRawBufferPointer)``.
  package init(bytes: [UInt8]) throws {
    self = try bytes.withUnsafeBytes { try ImageFeatures(bytes: $0) }
  }

  private static func put(_ value: UInt64, _ count: Int, _ all: inout [UInt8]) {
    for k in 0..<count { all.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * k))) }
  }

  private static func get(_ bytes: UnsafeRawBufferPointer, _ offset: Int, _ count: Int) -> UInt64 {
    var value: UInt64 = 0
    for k in 0..<count { value |= UInt64(bytes[offset + k]) << UInt64(8 * k) }
    return value
  }
}
