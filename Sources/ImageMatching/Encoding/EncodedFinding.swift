import Rasters

/// A finding as bytes, so that the findings of several indexes can be judged together.
///
/// Little-endian, sizes in bytes: flags 1, fingerprint 8, number of inliers 4, then 8 each: confidence, score, both overlaps, the six
/// coefficients of the transform, evidence. With a comparison, its numbers follow, 8 each, and its map: a bit set of the compared cells 13,
/// and for each of these the compared and the agreeing weight 4 each. Without a comparison, the map of the witness follows, if there is one.
/// At the end, the length of the stored features 4, or 0, and the features. The flag of a witness means, with a comparison, that it is of
/// outlines.
package struct EncodedFinding {
  private static let flagBits:
    (
      compared: UInt8, mirrored: UInt8, upright: UInt8, fromPixels: UInt8, isOld: UInt8, witness: UInt8, detail: UInt8,
      differs: UInt8
    ) = (
      1, 2, 4, 8, 16, 32, 64, 128
    )
  /// Squares of a map.
  package static let squares = AgreementMap.side * AgreementMap.side
  private static let squareBytes = (squares + 7) / 8
  private static let fixedLength = 13 + 11 * 8

  /// Minimum length of an encoded finding.
  package static let leastBytes = fixedLength + 4

  /// Upper bounds of the numbers that ``encode(_:into:)`` writes.
  private static let greatest = 1e6
  private static let mostInliers: UInt32 = 1 << 16
  private static let greatestCoordinate = 1e12

  package static func encode(_ finding: Finding, into all: inout LittleEndianBytes) {
    let (found, comparison) = (finding.look.found, finding.look.comparison)
    var flags: UInt8 = 0
    if found.isMirrored { flags |= flagBits.mirrored }
    if let comparison {
      flags |= flagBits.compared
      if comparison.isUpright { flags |= flagBits.upright }
      if comparison.fromPixels { flags |= flagBits.fromPixels }
      if !comparison.isNews { flags |= flagBits.isOld }
      if comparison.isOutline { flags |= flagBits.witness }
    } else if finding.look.witness != nil {
      flags |= flagBits.witness
    }
    if let differs = finding.differsInDetail, comparison != nil {
      flags |= flagBits.detail
      if differs { flags |= flagBits.differs }
    }
    all.put(flags)
    all.put(finding.fingerprint)
    all.put(UInt32(truncatingIfNeeded: found.inliers))
    let t = found.transform
    let numbers = [
      found.confidence, found.score, found.queryOverlap, found.matchOverlap, t.m11, t.m12, t.m13, t.m21, t.m22, t.m23,
      found.evidence,
    ]
    for number in numbers { all.put(number.bitPattern) }
    if let comparison {
      encode(comparison, into: &all)
    } else if let witness = finding.look.witness {
      encode(witness, into: &all)
    }
    let features = finding.features?.bytes ?? []
    all.put(UInt32(truncatingIfNeeded: features.count))
    all.bytes += features
  }

  private static func encode(_ comparison: Comparison, into all: inout LittleEndianBytes) {
    let (overlap, coverage) = (comparison.overlap, comparison.coverage)
    var numbers = [comparison.evidence, overlap.query, overlap.stored, coverage.query, coverage.stored]
    numbers += PatchAgreement.numbers.map { comparison.patches[keyPath: $0] }
    numbers += PixelAgreement.numbers.map { comparison.pixels[keyPath: $0] }
    for number in numbers { all.put(number.bitPattern) }
    encode(comparison.places, into: &all)
  }

  private static func encode(_ places: AgreementMap, into all: inout LittleEndianBytes) {
    var seen = [UInt8](repeating: 0, count: squareBytes)
    for square in 0..<squares where places.seen[square] > 0 { seen[square / 8] |= 1 << UInt8(square % 8) }
    all.bytes += seen
    for square in 0..<squares where places.seen[square] > 0 {
      all.put(places.seen[square].bitPattern)
      all.put(places.agrees[square].bitPattern)
    }
  }

  /// Decodes a finding; the bytes may be untrusted, and are validated completely.
  ///
  /// - Returns: The finding, and its length in bytes.
  /// - Throws: ``MatchingError/otherVersion(_:)``, ``MatchingError/damagedFeatures(_:)``.
  package static func decode(_ bytes: UnsafeRawBufferPointer) throws -> (finding: Finding, length: Int) {
    var reader = Reader(bytes)
    let flags = try reader.integer(UInt8.self)
    let ofComparison = flagBits.upright | flagBits.fromPixels | flagBits.isOld
    let ofDetail = flagBits.detail | flagBits.differs
    guard flags & flagBits.compared != 0 || flags & (ofComparison | ofDetail) == 0,
      flags & ofDetail != flagBits.differs
    else {
      throw MatchingError.damagedFeatures("a finding with the flags \(flags)")
    }
    let fingerprint = try reader.integer(UInt64.self)
    let inliers = try reader.integer(UInt32.self)
    guard inliers <= mostInliers else { throw MatchingError.damagedFeatures("\(inliers) inliers") }
    let confidence = try reader.number(0...1)
    let percent = try (0..<3).map { _ in try reader.number(0...100) }
    let t = try (0..<6).map { _ in try reader.number(-greatestCoordinate...greatestCoordinate) }
    var found = ImageMatch(
      confidence: confidence, score: percent[0], queryOverlap: percent[1], matchOverlap: percent[2],
      transform: AffineMap(m11: t[0], m12: t[1], m13: t[2], m21: t[3], m22: t[4], m23: t[5]),
      isMirrored: flags & flagBits.mirrored != 0, inliers: Int(inliers))
    found.evidence = try reader.number(0...greatest)
    let comparison = flags & flagBits.compared == 0 ? nil : try comparison(&reader, flags)
    let witness = comparison == nil && flags & flagBits.witness != 0 ? try places(&reader) : nil
    let length = try Int(reader.integer(UInt32.self))
    let features = length == 0 ? nil : try ImageFeatures(bytes: try reader.slice(length))
    var finding = Finding(Look(found, comparison, witness: witness), fingerprint: fingerprint, features)
    if flags & flagBits.detail != 0 { finding.differsInDetail = flags & flagBits.differs != 0 }
    return (finding, reader.place)
  }

  private static func comparison(_ reader: inout Reader, _ flags: UInt8) throws -> Comparison {
    let evidence = try reader.number(0...greatest)
    let shares = try (0..<4).map { _ in try reader.number(0...1) }
    // Not all of them are fractions, and rounding may lead to values slightly below 0.
    let patches = try PatchAgreement.numbers.map { _ in try reader.number(-greatest...greatest) }
    let pixels = try PixelAgreement.numbers.map { _ in try reader.number(-greatest...greatest) }
    let area = PixelAgreement(numbers: pixels)
    guard [area.areaAgrees, area.areaDiffers, area.areaEmpty].allSatisfy((0...1).contains) else {
      throw MatchingError.damagedFeatures("a finding with an area of \(area.areaAgrees)")
    }
    return Comparison(
      places: try places(&reader), patches: PatchAgreement(numbers: patches),
      pixels: area, evidence: evidence, overlap: (shares[0], shares[1]),
      coverage: (shares[2], shares[3]), isUpright: flags & flagBits.upright != 0,
      fromPixels: flags & flagBits.fromPixels != 0, isOutline: flags & flagBits.witness != 0,
      isNews: flags & flagBits.isOld == 0)
  }

  private static func places(_ reader: inout Reader) throws -> AgreementMap {
    let bits = [UInt8](try reader.slice(squareBytes))
    guard bits[squareBytes - 1] >> UInt8(8 - (8 * squareBytes - squares)) == 0 else {
      throw MatchingError.damagedFeatures("a finding with more than \(squares) squares")
    }
    var (seen, agrees) = ([Float](repeating: 0, count: squares), [Float](repeating: 0, count: squares))
    for square in 0..<squares where bits[square / 8] & 1 << UInt8(square % 8) != 0 {
      seen[square] = try reader.weight()
      guard seen[square] > 0 else { throw MatchingError.damagedFeatures("a finding with a square of nothing") }
      agrees[square] = try reader.weight()
    }
    return AgreementMap(seen: seen, agrees: agrees)
  }

  /// Reads integers, and numbers checked for their range.
  private struct Reader {
    private let bytes: UnsafeRawBufferPointer
    private(set) var place = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    mutating func slice(_ count: Int) throws -> UnsafeRawBufferPointer {
      guard count <= bytes.count - place else { throw MatchingError.damagedFeatures("a finding that was cut") }
      defer { place += count }
      return UnsafeRawBufferPointer(rebasing: bytes[place..<place + count])
    }

    mutating func integer<Number: FixedWidthInteger>(_ type: Number.Type) throws -> Number {
      var reader = LittleEndianReader(try slice(MemoryLayout<Number>.size))
      return reader.next(type)
    }

    mutating func number(_ range: ClosedRange<Double>) throws -> Double {
      let number = Double(bitPattern: try integer(UInt64.self))
      guard range.contains(number) else { throw MatchingError.damagedFeatures("a finding with \(number)") }
      return number
    }

    mutating func weight() throws -> Float {
      let weight = Float(bitPattern: try integer(UInt32.self))
      guard (0...1e6).contains(weight) else { throw MatchingError.damagedFeatures("a finding with \(weight)") }
      return weight
    }
  }
}
