import Rasters

/// The data that an index stores for an image: global code, local features and miniature, at most 4 036 bytes.
///
/// A feature takes 12 bytes here (signature 8, frame 4) and 9 in the postings (``PostingTable``), the miniature 912, and
/// the copy of the global code in the segment 32: at most 6 372 bytes per image in all.
package struct ImageFeatures: Sendable, Equatable {
  /// Version of everything that determines the bits: working size, detector, descriptor, layout. Features of different
  /// versions cannot be compared.
  package static let algorithmVersion = 2

  /// Size of the image itself in pixels, upright.
  package let originalWidth: Int
  package let originalHeight: Int
  /// The code of the image without its borders.
  package let globalCode: GlobalCode
  /// The part of the working image that the code describes, without borders, in working pixels.
  let trim: PixelRect
  /// Amount of detail, 0...255, see ``GlobalSpectrum/detail``.
  package let detail: Int
  /// The signature of each feature.
  package let signatures: [UInt64]
  /// Position, direction and size of each feature.
  package let frames: [PackedFrame]
  /// The stored form of the ``miniature``, which is decoded only when it is needed.
  let miniatureBytes: [UInt8]

  /// Computes the features of an image to be stored.
  ///
  /// - Parameters:
  ///   - image: The upright image in gray, preferably with a longest side of 512 pixels or more; it may have been
  ///     scaled down.
  ///   - originalWidth: Width of the original image, if `image` is scaled down.
  ///   - originalHeight: Its height.
  /// - Throws: ``MatchingError/tooSmall(width:height:)`` or ``MatchingError/tooLittleDetail``.
  package init(of image: GrayImage, originalWidth: Int? = nil, originalHeight: Int? = nil) throws {
    let width = originalWidth ?? image.width
    let height = originalHeight ?? image.height
    guard width > 0, height > 0, width <= Int(UInt32.max), height <= Int(UInt32.max) else {
      throw MatchingError.tooSmall(width: width, height: height)
    }
    let size = Resampler.size(width: width, height: height, longest: FeatureExtractor.workingSide)
    let memory = try WorkingMemory(FeatureExtractor.workingBytes(size))
    defer { withExtendedLifetime(memory) {} }
    let working = try FeatureExtractor.prepare(image, size: size)
    let set = FeatureExtractor.features(of: working.plane, count: FeatureExtractor.indexCount, forQuery: false).upright
    guard FeatureExtractor.hasEnoughDetail(working.spectrum, features: set.count),
      let small = Miniature(of: working.plane)
    else { throw MatchingError.tooLittleDetail }
    self.originalWidth = width
    self.originalHeight = height
    globalCode = working.spectrum.code
    trim = working.trim
    detail = max(0, min(255, Int(working.spectrum.detail)))
    miniatureBytes = small.bytes
    signatures = set.signatures
    frames = (0..<set.count).map { PackedFrame(x: set.x[$0], y: set.y[$0], angle: set.angle[$0], sigma: set.sigma[$0]) }
  }

  init(
    originalWidth: Int, originalHeight: Int, globalCode: GlobalCode, trim: PixelRect, detail: Int, signatures: [UInt64],
    frames: [PackedFrame], miniatureBytes: [UInt8]
  ) {
    self.originalWidth = originalWidth
    self.originalHeight = originalHeight
    self.globalCode = globalCode
    self.trim = trim
    self.detail = detail
    self.signatures = signatures
    self.frames = frames
    self.miniatureBytes = miniatureBytes
  }

  /// The miniature; `nil` when its stored form is invalid.
  package var miniature: Miniature? { Miniature(bytes: miniatureBytes) }

  /// Size of the working image.
  var workingSize: (width: Int, height: Int) {
    Resampler.size(width: originalWidth, height: originalHeight, longest: FeatureExtractor.workingSide)
  }

  /// The features with positions in working pixels.
  var set: FeatureSet {
    let size = workingSize
    var set = FeatureSet(width: Float(size.width), height: Float(size.height))
    set.signatures = signatures
    set.x = frames.map(\.x)
    set.y = frames.map(\.y)
    set.angle = frames.map(\.angle)
    set.sigma = frames.map(\.sigma)
    return set
  }
}

/// Why an image or stored features cannot be used for matching.
package enum MatchingError: Error, Equatable, Sendable {
  /// A side is below ``FeatureExtractor/leastSide``.
  case tooSmall(width: Int, height: Int)
  /// The image has too little detail: it would match any other plain image.
  case tooLittleDetail
  /// The requested region is empty or not inside the image.
  case badRegion
  /// Stored features are damaged; the value describes the damage.
  case damagedFeatures(String)
  /// Stored features are of another version of the algorithm.
  case otherVersion(Int)
}

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
  /// - Throws: ``MatchingError/otherVersion(_:)``, or ``MatchingError/damagedFeatures(_:)`` for bytes that ``bytes``
  ///   cannot return.
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
