import Rasters

@testable import ImageMatching

/// Shapes of one gray level each on a gradient, as in diagrams, clip art and pages: all corners of a kind look alike.
struct Marks {
  enum Kind: CaseIterable, Sendable {
    case boxes, discs, lines, lattice, letters
  }

  private struct Mark {
    let x, y, across, down: Double
    let level: UInt8
    /// For a letter: which of its 3 × 5 cells are inked.
    var cells: UInt16 = 0
  }

  private let kind: Kind
  private var marks: [Mark] = []
  private static let alphabet: [UInt16] = [
    0x7b6f, 0x7493, 0x5bed, 0x2497, 0x79cf, 0x5b6f, 0x7249, 0x3b5e, 0x6dee, 0x4927,
  ]

  /// The image number `seed` of a kind.
  init(_ kind: Kind, seed: UInt64) {
    self.kind = kind
    var random = SplitMix(seed &* 77 &+ UInt64(Kind.allCases.firstIndex(of: kind) ?? 0))
    switch kind {
    case .boxes, .discs, .lines:
      for _ in 0..<36 {
        let thin = kind == .lines
        let wide = Bool.random(using: &random)
        marks.append(
          Mark(
            x: .random(in: 0...1, using: &random), y: .random(in: 0...1, using: &random),
            across: thin && !wide ? 0.008 : .random(in: 0.03...0.2, using: &random),
            down: thin && wide ? 0.008 : .random(in: 0.03...0.2, using: &random),
            level: .random(in: 0...255, using: &random)))
      }
    case .lattice:
      for row in 0..<8 {
        for column in 0..<10 where Int.random(in: 0..<3, using: &random) > 0 {
          marks.append(
            Mark(
              x: (Double(column) + 0.5) / 10, y: (Double(row) + 0.5) / 8, across: 0.03, down: 0.04,
              level: .random(in: 0...255, using: &random)))
        }
      }
    case .letters:
      for row in 0..<9 {
        for column in 0..<20 where Int.random(in: 0..<6, using: &random) > 0 {
          marks.append(
            Mark(
              x: 0.05 + 0.045 * Double(column), y: 0.08 + 0.1 * Double(row), across: 0.015, down: 0.035, level: 20,
              cells: Self.alphabet[Int.random(in: 0..<Self.alphabet.count, using: &random)]))
        }
      }
    }
  }

  func drawn(_ width: Int, _ height: Int, mirrored: Bool = false) -> GrayImage {
    var pixels: [UInt8] = []
    for y in 0..<height {
      pixels += repeatElement(kind == .letters ? 240 : UInt8(90 + 120 * y / height), count: width)
    }
    for mark in marks {
      for y in Self.range(mark.y, mark.down, height) {
        let dy = ((Double(y) + 0.5) / Double(height) - mark.y) / mark.down
        for x in Self.range(mark.x, mark.across, width) {
          let dx = ((Double(x) + 0.5) / Double(width) - mark.x) / mark.across
          if kind == .discs, dx * dx + dy * dy >= 1 { continue }
          if kind == .letters {
            let cell = max(0, min(2, Int((dx + 1) * 1.5))) + 3 * max(0, min(4, Int((dy + 1) * 2.5)))
            if mark.cells >> UInt16(cell) & 1 == 0 { continue }
          }
          pixels[y * width + (mirrored ? width - 1 - x : x)] = mark.level
        }
      }
    }
    return GrayImage(width: width, height: height, pixels: pixels) ?? .empty
  }

  private static func range(_ middle: Double, _ half: Double, _ count: Int) -> Range<Int> {
    let first = max(0, min(count, Int((middle - half) * Double(count))))
    return first..<max(first, min(count, Int((middle + half) * Double(count))))
  }
}
