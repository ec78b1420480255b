import CMatchingKernels

/// Projects a descriptor of 128 numbers to 64 bits, so that similar descriptors have a small Hamming distance.
///
/// The descriptor is expanded in waves: cosines over its 4 × 4 cells, and the Fourier series over its 8 directions.
/// Each bit is 1 if the coefficient of one wave exceeds a fixed threshold. The 64 waves are those that edits of
/// an image change least, relative to how much they differ between keypoints. Compared with 64 bits of a random
/// rotation, this finds 96.1 instead of 94.2 % of true pairs at a false positive rate of 0.1 %, on images that were not
/// in the training set (`docs/matching.md`).
enum DescriptorProjection {
  static let bits = Int(matching_signature_bits)
  static let length = Int(matching_descriptor_length)

  /// Wave (32 × row frequency + 8 × column frequency + direction function), its median × 10 000, and the reciprocal of
  /// its deviation under edits. The most stable first, since the first ``FeatureSet/keyBits`` are the cell key. Learned
  /// by `Benchmarks/Matching/learn_descriptor_bits.py` from 93 000 pairs of the same keypoint before and after an edit.
  private static let waves: [(wave: Int, median: Float, certainty: Float)] = [
    (25, -17, 76), (1, 1377, 38), (89, -6, 121), (3, 1147, 45),
    (0, 7531, 73), (114, 0, 116), (9, -23, 37), (2, 3, 42),
    (8, -15, 69), (17, -1080, 51), (42, -513, 56), (34, 58, 39),
    (50, 14, 82), (10, -14, 59), (11, 24, 54), (18, 1, 94),
    (74, 3, 66), (66, -1, 58), (7, 253, 96), (41, -3, 59),
    (19, -463, 79), (64, -782, 114), (65, -178, 99), (98, 5, 76),
    (33, -4, 65), (16, -912, 101), (73, 12, 88), (4, 6, 48),
    (82, -2, 99), (49, 8, 69), (32, 3, 85), (36, 21, 57),
    (81, 146, 98), (35, -5, 55), (72, 6, 130), (5, 308, 81),
    (12, -9, 59), (21, -179, 120), (106, 145, 89), (58, 88, 132),
    (52, -8, 97), (13, 1, 90), (57, 2, 93), (67, -290, 85),
    (80, 120, 166), (75, 8, 103), (51, -1, 104), (27, 4, 127),
    (26, 2, 146), (40, 4, 104), (24, -1, 165), (43, -4, 77),
    (44, -85, 68), (28, 3, 136), (120, 0, 252), (60, 29, 142),
    (116, 6, 165), (100, -2, 119), (20, -2, 90), (68, 3, 89),
    (29, -18, 170), (115, 0, 203), (46, -24, 109), (121, -1, 207),
  ]

  /// The bits that flip when a patch is mirrored: the order of rows and the sense of directions are reversed, which
  /// negates odd waves over rows and sines over directions; their medians are close to 0.
  static let mirroring = mask { row, _, direction in (row % 2 == 1) != [2, 4, 6].contains(direction) }
  /// The bits that flip when a patch is taken from a negative: its direction is the opposite one, so the order of rows
  /// and columns is reversed.
  static let inverting = mask { row, column, _ in (row + column) % 2 == 1 }
  /// The bits that flip when a negative's patch is read in the direction of the positive: gradients point the other
  /// way.
  static let opposing = mask { _, _, direction in [1, 2, 5, 6].contains(direction) }

  private static func mask(_ changes: (_ row: Int, _ column: Int, _ direction: Int) -> Bool) -> UInt64 {
    waves.reduce(0) { $0 << 1 | (changes($1.wave / 32, $1.wave / 8 % 4, $1.wave % 8) ? 1 : 0) }
  }

  /// Row i: the contribution of number i of a descriptor to each of the 64 coordinates.
  static let matrix: [Float] = {
    var rows = [Float](repeating: 0, count: length * bits)
    for i in 0..<length {
      for (k, entry) in waves.enumerated() {
        let w = entry.wave
        rows[i * bits + k] = Float(
          cosine(w / 32, at: i / 32) * cosine(w / 8 % 4, at: i / 8 % 4) * direction(w % 8, at: i % 8))
      }
    }
    return rows
  }()

  /// The coordinates' thresholds.
  static let medians = waves.map { $0.median / 10_000 }
  /// Factors that make the distances of coordinates from their thresholds comparable, as a measure of how likely a bit
  /// flips.
  static let certainty = waves.map(\.certainty)

  /// The 64 coordinates of a descriptor.
  static func project(_ descriptor: UnsafePointer<Float>, into result: UnsafeMutablePointer<Float>) {
    matching_project(matrix, descriptor, result)
  }

  /// The 64 bits of a descriptor.
  static func signature(_ descriptor: UnsafePointer<Float>) -> UInt64 {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: bits) { projected in
      guard let base = projected.baseAddress else { return 0 }
      project(descriptor, into: base)
      var signature: UInt64 = 0
      for k in 0..<bits { signature = signature << 1 | (base[k] > medians[k] ? 1 : 0) }
      return signature
    }
  }

  /// Orthonormal cosine over four cells.
  private static func cosine(_ frequency: Int, at cell: Int) -> Double {
    let c = PortableMath.cosine(PortableMath.pi * Double(frequency * (2 * cell + 1)) / 8)
    return frequency == 0 ? 0.5 : c * 0.5.squareRoot()
  }

  /// Orthonormal Fourier function over eight directions: constant, cos, sin, cos 2, sin 2, cos 3, sin 3, cos 4.
  private static func direction(_ function: Int, at direction: Int) -> Double {
    let turn = 2 * PortableMath.pi * Double((function + 1) / 2 * direction) / 8
    switch function {
    case 0, 7: return PortableMath.cosine(turn) * 0.125.squareRoot()
    case 1, 3, 5: return PortableMath.cosine(turn) * 0.5
    default: return PortableMath.sine(turn) * 0.5
    }
  }
}
