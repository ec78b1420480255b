import CMatchingKernels
import Rasters

/// A stored image and a query laid onto it, as gray pixels of one resolution; what ``DetailAgreement`` measures its blocks in.
struct DetailFrame {
  private let width: Int
  private let height: Int
  private let stored: Plane
  /// The query, with a margin on each side.
  private let query: Plane
  /// For each corner of a cell, whether it is inside the query.
  private let isInside: [Bool]
  private let columns: Int
  private let rows: Int

  private static let cell = DetailAgreement.cell
  private static let reach = DetailAgreement.reach
  private static let margin = 4
  /// Samples of the query per pixel on each axis, at most.
  private static let mostSamples = 4
  private static let leastCells = 4
  /// Memory a pixel: both planes, their fine structure, and the sums of displaced cells.
  private static let bytesPerPixel = 64

  var leastSide: Int { min(width, height) }

  /// - Parameter pitch: Working pixels of the stored image per pixel of the frame.
  /// - Returns: `nil` when there are too few pixels.
  /// - Throws: ``OutOfPixelMemory``.
  init?(
    _ alignment: Alignment, pitch: Double, stored: GrayImage, query: Plane, negative: Bool
  ) throws(OutOfPixelMemory) {
    guard pitch.isFinite, pitch >= 1, alignment.width <= 4096, alignment.height <= 4096, query.width > 1,
      query.height > 1
    else { return nil }
    let (w, h) = (Int((alignment.width / pitch).rounded()), Int((alignment.height / pitch).rounded()))
    let cell = Self.cell
    guard min(w, h) >= Self.leastCells * cell else { return nil }
    let memory = try WorkingMemory((1 << 20) + Self.bytesPerPixel * w * h)
    defer { withExtendedLifetime(memory) {} }
    guard let plane = Resampler.scale(stored, width: w, height: h) else { return nil }
    // Numbers around 0 keep sums of squares exact enough.
    self.stored = Plane(unchecked: w, h, plane.values.map { $0 - 128 })
    (width, height) = (w, h)
    (columns, rows) = (w / cell, h / cell)
    let (sx, sy) = (alignment.width / Double(w), alignment.height / Double(h))
    let (mostX, mostY) = (Double(query.width), Double(query.height))
    isInside = (0..<(columns + 1) * (rows + 1)).map { [columns] i in
      let p = alignment.place(
        Double(i % (columns + 1) * cell) * sx, Double(i / (columns + 1) * cell) * sy)
      return p.x >= 0 && p.y >= 0 && p.x <= mostX && p.y <= mostY
    }
    let samples = max(1, min(Self.mostSamples, Int((alignment.shrink * pitch - 0.05).rounded(.up))))
    self.query = Self.laid(
      query, alignment, scale: SIMD2(sx, sy), width: w + 2 * Self.margin, height: h + 2 * Self.margin,
      samples: samples, negative: negative)
  }

  /// The query in the frame. Places are exact at every eighth pixel and linear between those.
  private static func laid(
    _ query: Plane, _ alignment: Alignment, scale: SIMD2<Double>, width: Int, height: Int, samples: Int, negative: Bool
  ) -> Plane {
    let step = cell
    let across = (width + step - 1) / step + 1
    let down = (height + step - 1) / step + 1
    let nodes = (0..<across * down).map { i -> SIMD2<Float> in
      let (x, y) = (i % across * step - margin, i / across * step - margin)
      let p = alignment.place(Double(x) * scale.x, Double(y) * scale.y)
      guard p.x.isFinite, p.y.isFinite else { return SIMD2(repeating: -1e6) }
      return SIMD2(Float(max(-1e6, min(1e6, p.x))), Float(max(-1e6, min(1e6, p.y))))
    }
    let part = 1 / Float(samples)
    let sign: Float = negative ? -1 : 1
    let count = step * samples
    let values = [Float](unsafeUninitializedCapacity: width * height) { target, initialized in
      target.initialize(repeating: 0)
      query.values.withUnsafeBufferPointer { source in
        withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { line in
          for y in 0..<height * samples {
            let row = y / samples
            let fy = (Float(y % (step * samples)) + 0.5) / Float(count)
            for first in stride(from: 0, to: width, by: step) {
              let i = row / step * across + first / step
              let left = nodes[i] + (nodes[i + across] - nodes[i]) * fy
              let right = nodes[i + 1] + (nodes[i + across + 1] - nodes[i + 1]) * fy
              let d = (right - left) / Float(count)
              let p = left + d / 2 - 0.5
              matching_sample_line(
                source.baseAddress, query.width, query.height, p.x, p.y, d.x, d.y, count, line.baseAddress)
              for x in first..<min(width, first + step) {
                for k in (x - first) * samples..<(x - first + 1) * samples { target[row * width + x] += line[k] }
              }
            }
          }
        }
      }
      for i in target.indices { target[i] = sign * (target[i] * part * part - 128) }
      initialized = width * height
    }
    return Plane(unchecked: width, height, values)
  }

  /// Sums over a cell or a block.
  private struct Sums {
    var stored: Float = 0
    var storedSquares: Float = 0
    var storedFine: Float = 0
    var query: Float = 0
    var querySquares: Float = 0
    var queryFine: Float = 0
    var products: Float = 0
  }

  /// Sums over a displaced cell of the query.
  private struct Displaced {
    var query: Float
    var squares: Float
    var products: Float
  }

  /// Compares all blocks inside the query.
  ///
  /// - Parameters:
  ///   - enough: Correlation from which on no better displacement is looked for.
  ///   - least: Standard deviation below which a block of either image has no structure; it is left out.
  func blocks(enough: Double, least: Double) -> [DetailAgreement.Block] {
    let cells = sums()
    var kept: [(at: Int, block: DetailAgreement.Block)] = []
    let area = Double(4 * Self.cell * Self.cell)
    for r in 0..<rows - 1 {
      for c in 0..<columns - 1 {
        let corner = r * (columns + 1) + c
        let below = corner + 2 * (columns + 1)
        guard isInside[corner], isInside[corner + 2], isInside[below], isInside[below + 2] else { continue }
        let at = r * columns + c
        var s = (stored: 0.0, ss: 0.0, sf: 0.0, query: 0.0, qq: 0.0, qf: 0.0, product: 0.0)
        for k in 0..<4 {
          let cell = cells[cellNumber(k, of: at)]
          s.stored += Double(cell.stored)
          s.ss += Double(cell.storedSquares)
          s.sf += Double(cell.storedFine)
          s.query += Double(cell.query)
          s.qq += Double(cell.querySquares)
          s.qf += Double(cell.queryFine)
          s.product += Double(cell.products)
        }
        let ofStored = max(0, s.ss / area - s.stored / area * (s.stored / area)).squareRoot()
        let ofQuery = max(0, s.qq / area - s.query / area * (s.query / area)).squareRoot()
        guard ofStored > least, ofQuery > least else { continue }
        let fine = (stored: (s.sf / area).squareRoot() / ofStored, query: (s.qf / area).squareRoot() / ofQuery)
        let covariance = s.product / area - s.stored / area * (s.query / area)
        kept.append(
          (
            at,
            DetailAgreement.Block(
              stored: ofStored, query: ofQuery, fineness: (fine.query + 0.01) / (fine.stored + 0.01),
              correlation: max(-1, min(1, covariance / (ofStored * ofQuery)))
            )
          ))
      }
    }
    return displaced(kept, cells, enough: enough, area: area)
  }

  /// The cells of a block, which is named by its first one.
  private func cellNumber(_ k: Int, of block: Int) -> Int { block + k % 2 + k / 2 * columns }

  /// Looks for the best displacement of the blocks that do not agree where they are.
  private func displaced(
    _ kept: [(at: Int, block: DetailAgreement.Block)], _ cells: [Sums], enough: Double, area: Double
  ) -> [DetailAgreement.Block] {
    let side = 2 * Self.reach + 1
    let count = side * side
    var places = [Int](repeating: -1, count: cells.count)
    var all: [Displaced] = []
    return kept.map { at, block in
      guard block.correlation < enough else { return block }
      var sum = 0.0
      var four = SIMD4<Int>()
      for k in 0..<4 {
        let i = cellNumber(k, of: at)
        sum += Double(cells[i].stored)
        if places[i] < 0 {
          places[i] = all.count
          append(cell: i, to: &all)
        }
        four[k] = places[i]
      }
      var best = block
      for k in 0..<count {
        var (query, squares, products) = (0.0, 0.0, 0.0)
        for i in 0..<4 {
          let d = all[four[i] + k]
          query += Double(d.query)
          squares += Double(d.squares)
          products += Double(d.products)
        }
        let variance = max(4, squares / area - query / area * (query / area))
        let covariance = products / area - sum / area * (query / area)
        let correlation = covariance / (max(2, block.stored) * variance.squareRoot())
        if correlation > best.correlation { best.correlation = min(1, correlation) }
      }
      return best
    }
  }

  /// The sums of a cell under every displacement.
  private func append(cell i: Int, to all: inout [Displaced]) {
    let (x0, y0) = (i % columns * Self.cell, i / columns * Self.cell)
    let wide = query.width
    stored.values.withUnsafeBytes { stored in
      query.values.withUnsafeBytes { query in
        for dy in -Self.reach...Self.reach {
          for dx in -Self.reach...Self.reach {
            var (sum, squares, products) = (SIMD8<Float>(), SIMD8<Float>(), SIMD8<Float>())
            for y in 0..<Self.cell {
              let s = stored.loadUnaligned(fromByteOffset: 4 * ((y0 + y) * width + x0), as: SIMD8<Float>.self)
              let q = query.loadUnaligned(
                fromByteOffset: 4 * ((y0 + y + dy + Self.margin) * wide + x0 + dx + Self.margin),
                as: SIMD8<Float>.self)
              sum += q
              squares += q * q
              products += s * q
            }
            all.append(Displaced(query: sum.sum(), squares: squares.sum(), products: products.sum()))
          }
        }
      }
    }
  }

  private func sums() -> [Sums] {
    let fineStored = Self.fine(stored)
    let fineQuery = Self.fine(query)
    var cells = [Sums](repeating: Sums(), count: columns * rows)
    for r in 0..<rows {
      for c in 0..<columns {
        var sums = Sums()
        for y in r * Self.cell..<(r + 1) * Self.cell {
          for x in c * Self.cell..<(c + 1) * Self.cell {
            let at = (y + Self.margin) * query.width + x + Self.margin
            let (s, q) = (stored.values[y * width + x], query.values[at])
            sums.stored += s
            sums.storedSquares += s * s
            sums.storedFine += fineStored[y * width + x]
            sums.query += q
            sums.querySquares += q * q
            sums.queryFine += fineQuery[at]
            sums.products += s * q
          }
        }
        cells[r * columns + c] = sums
      }
    }
    return cells
  }

  /// Squares of what a plane has beyond the mean of 3 × 3 pixels.
  private static func fine(_ plane: Plane) -> [Float] {
    let (w, h) = (plane.width, plane.height)
    var fine = [Float](repeating: 0, count: w * h)
    plane.values.withUnsafeBufferPointer { v in
      for y in 0..<h {
        let (above, at, below) = (max(0, y - 1) * w, y * w, min(h - 1, y + 1) * w)
        for x in 0..<w {
          let (left, right) = (max(0, x - 1), min(w - 1, x + 1))
          var sum = v[above + left] + v[above + x] + v[above + right]
          sum += v[at + left] + v[at + x] + v[at + right]
          sum += v[below + left] + v[below + x] + v[below + right]
          let rest = v[at + x] - sum / 9
          fine[at + x] = rest * rest
        }
      }
    }
    return fine
  }
}
