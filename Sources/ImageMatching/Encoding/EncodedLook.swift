import Rasters

/// One pass of a query as bytes, so that its features are computed once and searched with in many indexes.
///
/// Little-endian, sizes in bytes: version 1, kind 1 (0 the whole image, 1 a part of it, 2 and 3 slanted, see ``Slant``), number of codes 1, form of the pixels
/// 1, size of the query 2 × 4, region 4 × 4, working size 2 × 2, area that the codes describe 4 × 2, reliability of the
/// codes 8, number of features 4, codes 32 each, features 72 each, then one byte per pixel of the working image, or a
/// miniature. A feature is x, y, direction, size 4 each, signature 8, order of its key's margins 16, and for the
/// mirrored image x and direction 4 each, signature 8, order 16.
struct EncodedLook {
  var originalWidth = 0
  var originalHeight = 0
  var region = PixelRect(x: 0, y: 0, width: 0, height: 0)
  var isPart = false
  var slant: Slant?
  var codes: [GlobalCode] = []
  var codeReliability = 0.0
  var trim = PixelRect(x: 0, y: 0, width: 0, height: 0)
  var upright: FeatureSet
  var mirrored: FeatureSet
  /// One byte per pixel of the working image; `nil` when a miniature was sent instead.
  var pixels: [UInt8]?
  var miniature: Miniature?

  static let headerLength = 52
  private static let featureLength = 72
  /// Keypoints may have two directions.
  static let mostFeatures = 2 * FeatureExtractor.queryCount

  /// Maximum size of an encoded pass in bytes.
  package static let mostBytes =
    headerLength + Dihedral.all.count * GlobalCode.byteCount + mostFeatures * featureLength
    + QueryFeatures.fineSide * QueryFeatures.fineSide

  private enum Ground: UInt8 { case pixels, miniature }

  /// Encodes a query that was computed from pixels.
  ///
  /// - Parameter compact: Whether to send a miniature instead of the pixels.
  static func encode(_ query: QueryFeatures, _ plane: Plane, compact: Bool, into all: inout LittleEndianBytes) {
    let small = compact ? Miniature(of: plane) : nil
    all.put(UInt8(truncatingIfNeeded: ImageFeatures.algorithmVersion))
    all.put(query.slant?.rawValue ?? (query.isPart ? 1 : 0))
    all.put(UInt8(truncatingIfNeeded: query.codes.count))
    all.put(small == nil ? Ground.pixels.rawValue : Ground.miniature.rawValue)
    for side in [query.originalWidth, query.originalHeight] { all.put(UInt32(truncatingIfNeeded: side)) }
    for side in [query.region.x, query.region.y, query.region.width, query.region.height] {
      all.put(UInt32(truncatingIfNeeded: side))
    }
    for side in [plane.width, plane.height, query.trim.x, query.trim.y, query.trim.width, query.trim.height] {
      all.put(UInt16(truncatingIfNeeded: side))
    }
    all.put(query.codeReliability.bitPattern)
    all.put(UInt32(truncatingIfNeeded: query.upright.count))
    for code in query.codes { for k in 0..<4 { all.put(code.words[k]) } }
    let (upright, mirrored) = (query.upright, query.mirrored)
    for i in 0..<upright.count {
      for value in [upright.x[i], upright.y[i], upright.angle[i], upright.sigma[i]] { all.put(value.bitPattern) }
      all.put(upright.signatures[i])
      for word in MarginOrder(of: upright, i).words { all.put(word) }
      for value in [mirrored.x[i], mirrored.angle[i]] { all.put(value.bitPattern) }
      all.put(mirrored.signatures[i])
      for word in MarginOrder(of: mirrored, i).words { all.put(word) }
    }
    if let small {
      all.bytes += small.bytes
    } else {
      all.bytes += plane.values.map { UInt8($0) }
    }
  }

  /// Decodes a pass; the bytes may be untrusted, and are validated completely.
  ///
  /// - Throws: ``MatchingError/otherVersion(_:)``, ``MatchingError/damagedFeatures(_:)``.
  init(_ bytes: UnsafeRawBufferPointer) throws {
    func damaged(_ what: String) -> MatchingError { .damagedFeatures(what) }
    guard bytes.count >= Self.headerLength else { throw damaged("\(bytes.count) bytes are too few") }
    var reader = LittleEndianReader(bytes)
    let version = reader.next(UInt8.self)
    guard Int(version) == ImageFeatures.algorithmVersion else { throw MatchingError.otherVersion(Int(version)) }
    let kind = reader.next(UInt8.self)
    let codeCount = Int(reader.next(UInt8.self))
    guard kind <= 3, codeCount == 0 || codeCount == Dihedral.all.count,
      let ground = Ground(rawValue: reader.next(UInt8.self))
    else { throw damaged("a query with \(codeCount) codes") }
    isPart = kind == 1
    slant = Slant(rawValue: kind)
    func side() -> Int { Int(reader.next(UInt32.self)) }
    func short() -> Int { Int(reader.next(UInt16.self)) }
    originalWidth = side()
    originalHeight = side()
    region = PixelRect(x: side(), y: side(), width: side(), height: side())
    guard region.isInside(width: originalWidth, height: originalHeight) else {
      throw damaged("a region outside the image")
    }
    let (width, height) = (short(), short())
    let content = slant?.content(Double(width), Double(height)) ?? (Double(width), Double(height))
    guard min(width, height) >= ScaleSpace.leastSide, max(width, height) <= QueryFeatures.fineSide,
      min(content.0, content.1) >= 1
    else { throw damaged("a query of \(width) × \(height) pixels") }
    trim = PixelRect(x: short(), y: short(), width: short(), height: short())
    guard trim.isInside(width: width, height: height) else { throw damaged("an area outside the image") }
    codeReliability = Double(bitPattern: reader.next(UInt64.self))
    guard (0...1).contains(codeReliability) else { throw damaged("a reliability of \(codeReliability)") }
    let count = Int(reader.next(UInt32.self))
    guard count <= Self.mostFeatures else { throw damaged("\(count) features are too many") }
    let groundLength = ground == .pixels ? width * height : Miniature.byteCount
    let length =
      Self.headerLength + codeCount * GlobalCode.byteCount + count * Self.featureLength + groundLength
    guard bytes.count == length else { throw damaged("\(bytes.count) bytes for \(count) features") }
    for _ in 0..<codeCount {
      var words = SIMD4<UInt64>()
      for k in 0..<4 { words[k] = reader.next(UInt64.self) }
      codes.append(GlobalCode(words: words))
    }
    upright = FeatureSet(width: Float(width), height: Float(height))
    mirrored = upright
    for _ in 0..<count { try Self.feature(&reader, &upright, &mirrored) }
    let rest = bytes[(length - groundLength)...]
    switch ground {
    case .pixels: pixels = Array(rest)
    case .miniature:
      miniature = Miniature(bytes: rest)
      guard miniature != nil else { throw damaged("a miniature") }
    }
  }

  private static func feature(
    _ reader: inout LittleEndianReader, _ upright: inout FeatureSet, _ mirrored: inout FeatureSet
  ) throws {
    func number(_ range: ClosedRange<Float>) throws -> Float {
      let value = Float(bitPattern: reader.next(UInt32.self))
      guard range.contains(value) else { throw MatchingError.damagedFeatures("a feature with \(value)") }
      return value
    }
    func order() throws -> [Float] {
      guard let order = MarginOrder((reader.next(UInt64.self), reader.next(UInt64.self))) else {
        throw MatchingError.damagedFeatures("an order of margins")
      }
      return order.margins
    }
    // A keypoint may lie slightly outside of the outermost pixels' centres.
    let (x, y) = (-2...upright.width + 2, -2...upright.height + 2)
    upright.x.append(try number(x))
    upright.y.append(try number(y))
    upright.angle.append(try number(0...1))
    upright.sigma.append(try number(0.1...4096))
    upright.signatures.append(reader.next(UInt64.self))
    upright.keyMargins += try order()
    mirrored.x.append(try number(x))
    mirrored.angle.append(try number(0...1))
    mirrored.signatures.append(reader.next(UInt64.self))
    mirrored.keyMargins += try order()
    mirrored.y.append(upright.y[upright.y.count - 1])
    mirrored.sigma.append(upright.sigma[upright.sigma.count - 1])
  }
}

/// The order in which bits of a key are likely to flip: all that is used of its margins.
private struct MarginOrder {
  /// For each bit of a key, the number of bits with a smaller margin.
  private let ranks: [Int]
  private static let bits = 5
  private static let half = FeatureSet.keyBits / 2

  init(of set: FeatureSet, _ feature: Int) {
    let first = feature * FeatureSet.keyBits
    guard first + FeatureSet.keyBits <= set.keyMargins.count else {
      ranks = Array(0..<FeatureSet.keyBits)
      return
    }
    let margins = set.keyMargins[first..<first + FeatureSet.keyBits]
    // Ties are broken by position.
    let order = margins.indices.sorted { (margins[$0], $0) < (margins[$1], $1) }
    var ranks = [Int](repeating: 0, count: FeatureSet.keyBits)
    for (rank, index) in order.enumerated() { ranks[index - first] = rank }
    self.ranks = ranks
  }

  var words: [UInt64] {
    [ranks.prefix(Self.half), ranks.suffix(Self.half)].map { half in
      half.reduce(0) { $0 << UInt64(Self.bits) | UInt64($1) }
    }
  }

  /// - Returns: `nil` unless every rank occurs once.
  init?(_ words: (UInt64, UInt64)) {
    var ranks: [Int] = []
    var seen: UInt32 = 0
    for word in [words.0, words.1] {
      guard word >> UInt64(Self.half * Self.bits) == 0 else { return nil }
      for k in (0..<Self.half).reversed() {
        let rank = Int(word >> UInt64(k * Self.bits) & 31)
        ranks.append(rank)
        seen |= 1 << UInt32(rank)
      }
    }
    guard seen == 1 << UInt32(FeatureSet.keyBits) - 1 else { return nil }
    self.ranks = ranks
  }

  var margins: [Float] { ranks.map(Float.init) }
}

extension QueryFeatures {
  /// Maximum size of ``encoded(compact:)`` in bytes.
  package static var mostEncodedBytes: Int { EncodedLook.mostBytes }

  /// This query as bytes.
  ///
  /// - Parameter compact: Whether to send a miniature instead of the pixels: a tenth of the bytes, but comparisons that need
  ///   pixels are less exact, see ``missedItsPixels``.
  /// - Returns: `nil` for a query that was not computed from pixels, or was received without them.
  package func encoded(compact: Bool) -> [UInt8]? {
    guard let plane = plane ?? sent?.plane, !isNegative else { return nil }
    var all = LittleEndianBytes()
    EncodedLook.encode(self, plane, compact: compact, into: &all)
    return all.bytes
  }

  /// Decodes the result of ``encoded(compact:)``; the bytes may be untrusted, and are validated completely.
  ///
  /// - Throws: ``MatchingError/otherVersion(_:)``, or ``MatchingError/damagedFeatures(_:)`` for invalid bytes.
  package init(encoded bytes: UnsafeRawBufferPointer) throws {
    self.init(try EncodedLook(bytes))
  }
}

/// A buffer that integers are appended to in little-endian order.
package struct LittleEndianBytes {
  package var bytes: [UInt8] = []

  package init() {}

  package mutating func put(_ value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
  }
}

/// Reads little-endian integers. Bytes beyond the end are 0.
package struct LittleEndianReader {
  private let bytes: UnsafeRawBufferPointer
  private var place = 0

  package init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  package mutating func next<Number: FixedWidthInteger>(_ type: Number.Type) -> Number {
    let size = MemoryLayout<Number>.size
    guard place <= bytes.count - size else { return 0 }
    defer { place += size }
    return Number(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: Number.self))
  }
}
