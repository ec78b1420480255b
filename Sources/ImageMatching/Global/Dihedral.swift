/// One of the eight ways to turn and mirror an image onto itself.
///
/// Applied to an image: first the transposition (x and y change places) when there is one, then left and right, then top
/// and bottom.
package struct Dihedral: Sendable, Hashable {
  /// 0...7: bit 0 left-right, bit 1 top-bottom, bit 2 transposition.
  package let rawValue: UInt8

  /// Only the low three bits count.
  package init(rawValue: UInt8) { self.rawValue = rawValue & 7 }

  package static let identity = Dihedral(rawValue: 0)
  /// All eight, the identity first.
  package static let all = (0..<8).map { Dihedral(rawValue: UInt8($0)) }

  package var flipsHorizontally: Bool { rawValue & 1 != 0 }
  package var flipsVertically: Bool { rawValue & 2 != 0 }
  package var transposes: Bool { rawValue & 4 != 0 }

  /// Whether it turns a right hand into a left hand.
  package var isMirrored: Bool { (rawValue & 1) ^ (rawValue >> 1 & 1) ^ (rawValue >> 2) != 0 }
}
