import Rasters

/// The outline of a whole image: few pixels, without brightness and with the same contrast everywhere.
///
/// Noise, strong compression, sharpening, saturated brightness and stripes leave few keypoints of an image, and other ones, but they
/// leave its outline. Whole images are therefore compared by the correlation of their outlines as well, in eight orientations.
struct Outline: Sendable {
  /// Pixels on each axis.
  static let side = 40
  /// Pixels from the middle of the window that brightness and contrast are equalized in to its edge.
  private static let window = 4
  /// Gray levels added to the contrast of a window, so that the noise of a flat area remains small.
  private static let leastContrast: Float = 2
  /// The energy of an outline with little in it, which correlates with nothing.
  private static let leastEnergy: Float = 60
  /// Maximum displacement of two outlines in pixels.
  private static let reach = 2
  /// Maximum displacement for ``independent(of:)``.
  private static let correlated = 12

  /// `side * side` values.
  let values: [Float]
  private let energy: Float

  private init(values: [Float]) {
    self.values = values
    energy = values.reduce(0) { $0 + $1 * $1 }
  }

  /// - Parameter area: The part of the plane to describe.
  /// - Returns: `nil` when the area is not inside the plane.
  init?(_ plane: Plane, _ area: PixelRect) {
    guard let small = Resampler.scale(plane, area: area, width: Self.side, height: Self.side) else { return nil }
    self.init(values: Self.centred(Self.equalized(small)))
  }

  /// Each pixel relative to the mean of its window, over the window's contrast.
  private static func equalized(_ small: [Float]) -> [Float] {
    let rest = zip(small, means(small)).map { $0 - $1 }
    let contrast = means(rest.map { $0 * $0 })
    return zip(rest, contrast).map { $0 / (max(0, $1).squareRoot() + leastContrast) }
  }

  /// Removes the mean of each row and column: stripes and horizons agree with those of other images.
  private static func centred(_ values: [Float]) -> [Float] {
    var rows = [Float](repeating: 0, count: side)
    var columns = rows
    for (i, value) in values.enumerated() {
      rows[i / side] += value / Float(side)
      columns[i % side] += value / Float(side)
    }
    let all = rows.reduce(0, +) / Float(side)
    return values.enumerated().map { $1 - rows[$0 / side] - columns[$0 % side] + all }
  }

  /// The mean of the window around each pixel.
  private static func means(_ values: [Float]) -> [Float] {
    func along(_ values: [Float], _ step: Int, _ line: Int) -> [Float] {
      var means = values
      var sums = [Float](repeating: 0, count: side + 1)
      for first in 0..<side {
        for at in 0..<side { sums[at + 1] = sums[at] + values[first * line + at * step] }
        for at in 0..<side {
          let (from, to) = (max(0, at - window), min(side, at + window + 1))
          means[first * line + at * step] = (sums[to] - sums[from]) / Float(to - from)
        }
      }
      return means
    }
    return along(along(values, 1, side), side, 1)
  }

  /// The outline of the image in another orientation, as ``GlobalSpectrum/code(_:)``.
  private func turned(_ d: Dihedral) -> Outline {
    let side = Self.side
    return Outline(
      values: (0..<side * side).map { i in
        let u = d.flipsHorizontally ? side - 1 - i % side : i % side
        let v = d.flipsVertically ? side - 1 - i / side : i / side
        return d.transposes ? values[u * side + v] : values[v * side + u]
      })
  }

  /// Sum of the products of this outline's values at (x + dx, y + dy) and the other one's at (x, y).
  private func product(_ other: Outline, _ dx: Int, _ dy: Int) -> Float {
    let side = Self.side
    let columns = max(0, -dx)..<min(side, side - dx)
    var sum = SIMD8<Float>()
    values.withUnsafeBytes { a in
      other.values.withUnsafeBytes { b in
        for y in max(0, -dy)..<min(side, side - dy) {
          let (from, to) = (4 * ((y + dy) * side + dx), 4 * y * side)
          var x = columns.lowerBound
          while x + 8 <= columns.upperBound {
            sum +=
              a.loadUnaligned(fromByteOffset: from + 4 * x, as: SIMD8<Float>.self)
              * b.loadUnaligned(fromByteOffset: to + 4 * x, as: SIMD8<Float>.self)
            x += 8
          }
          while x < columns.upperBound {
            sum[0] +=
              a.loadUnaligned(fromByteOffset: from + 4 * x, as: Float.self)
              * b.loadUnaligned(fromByteOffset: to + 4 * x, as: Float.self)
            x += 1
          }
        }
      }
    }
    return sum.sum()
  }

  /// - Parameters:
  ///   - product: Sum of the products of two outlines.
  ///   - energy: Sum of the squares of the one.
  ///   - other: Sum of the squares of the other.
  func correlation(_ product: Float, _ energy: Float, _ other: Float) -> Double {
    Double(product / (energy * other + Self.leastEnergy * Self.leastEnergy).squareRoot())
  }

  /// The displacement of a stored outline against this one with the best correlation, of every second one: the fit finds those between.
  private func displaced(_ stored: Outline) -> (correlation: Double, dx: Int, dy: Int) {
    var best = (correlation: -1.0, dx: 0, dy: 0)
    for dy in stride(from: -Self.reach, through: Self.reach, by: Self.reach) {
      for dx in stride(from: -Self.reach, through: Self.reach, by: Self.reach) {
        let r = correlation(product(stored, dx, dy), energy, stored.energy)
        if r > best.correlation { best = (r, dx, dy) }
      }
    }
    return best
  }

  /// Number of independent values in two outlines, for the variance of the correlation of two unrelated images: the more alike each is to
  /// itself when displaced, the fewer (Bartlett). A single line and the lines of a text have few.
  private func independent(of other: Outline, dx: Int, dy: Int) -> Double {
    var sum = 0.0
    for dy in 0...Self.correlated {
      for dx in -Self.correlated...Self.correlated where dy > 0 || dx >= 0 {
        let both = product(self, dx, dy) * other.product(other, dx, dy)
        sum += Double(both / max(1, energy * other.energy)) * (dx == 0 && dy == 0 ? 1 : 2)
      }
    }
    return min(Double(values.count) / max(1, sum), concentration(other, dx, dy))
  }

  /// Number of pixels that the sum of the products comes from: a single line is few.
  private func concentration(_ other: Outline, _ dx: Int, _ dy: Int) -> Double {
    var (sum, squares): (Float, Float) = (0, 0)
    for y in max(0, -dy)..<min(Self.side, Self.side - dy) {
      for x in max(0, -dx)..<min(Self.side, Self.side - dx) {
        let both = abs(values[(y + dy) * Self.side + x + dx] * other.values[y * Self.side + x])
        sum += both
        squares += both * both
      }
    }
    return Double(sum * sum / max(1e-9, squares))
  }
}

/// Finding the orientation and the map of a query's outline against that of a stored image.
extension Outline {
  /// An area of a query, and its outline in the orientations of ``Dihedral/all``.
  struct Form: Sendable {
    let area: PixelRect
    let turned: [Outline]
  }

  /// The forms of a query.
  ///
  /// - Parameter working: The area of the working image for one of the plane.
  static func forms(_ plane: Plane, trim: PixelRect, working: (PixelRect) -> PixelRect) -> [Form] {
    areas(plane, trim: trim).compactMap { area in
      Outline(plane, area).map { outline in
        Form(area: working(area), turned: Dihedral.all.map { outline.turned($0) })
      }
    }
  }

  /// How a query agrees with a stored image.
  struct Fit {
    /// The areas that agree: the whole images, or what is inside their borders.
    var query: PixelRect
    var stored: PixelRect
    /// The orientation of the query.
    var orientation: Dihedral
    /// From the query's area in that orientation to the stored one, both as unit squares.
    var map: AffineMap
    var correlation: Double
    /// Nats against agreement by chance.
    var evidence: Double
  }

  /// Minimum correlation for a closer look.
  private static let promising = 0.22
  /// Maximum number of independent values. More are counted in noise and texture, whose outlines also agree more by chance.
  private static let mostIndependent = 100.0
  /// Evidence of unrelated images: of the best of 120 for half of the photographs.
  private static let usual = 3.5
  /// Evidence beyond that of other images at which a copy is as likely as not, and nats that multiply the odds by e.
  private static let lead = 1.5
  private static let needed = 7.0
  private static let softness = 1.8

  /// The log-odds of a copy.
  ///
  /// - Parameter second: The greatest evidence of any other image. Pages of one layout and scenes of one arrangement have similar outlines,
  ///   with evidence of the same order.
  static func logit(_ evidence: Double, second: Double) -> Double {
    (evidence - max(lead * second, usual) - needed) / softness
  }

  /// The whole plane, and what is inside its borders if it has any.
  ///
  /// - Parameter trim: The area without uniform lines. A clear sky or a white ground is no border: any two lines or marks on one agree once
  ///   the ground around them is cut off. So a third of each edge of the area must differ from what is beside it.
  private static func areas(_ plane: Plane, trim: PixelRect) -> [PixelRect] {
    let (w, h) = (plane.width, plane.height)
    let whole = PixelRect(x: 0, y: 0, width: w, height: h)
    let (right, bottom) = (trim.x + trim.width, trim.y + trim.height)
    func isEdge(_ count: Int, _ first: Int, _ step: Int, _ outward: Int) -> Bool {
      3
        * (0..<count).count { k in
          abs(plane.values[first + k * step - outward] - plane.values[first + k * step + 2 * outward]) > leastStep
        } > count
    }
    guard trim != whole, trim.isInside(width: w, height: h), min(trim.width, trim.height) > 4,
      trim.y < 2 || isEdge(trim.width, trim.y * w + trim.x, 1, -w),
      bottom > h - 2 || isEdge(trim.width, (bottom - 1) * w + trim.x, 1, w),
      trim.x < 2 || isEdge(trim.height, trim.y * w + trim.x, w, -1),
      right > w - 2 || isEdge(trim.height, trim.y * w + right - 1, w, 1)
    else { return [whole] }
    return [whole, trim]
  }

  /// Minimum difference in gray levels across the edge of a border.
  private static let leastStep: Float = 10

  /// Maximum fraction of an image with one gray level.
  private static let mostPlain = 0.5

  /// Whether most of an image is a plain ground, as of logos and pages. The outlines of a few marks on one agree by chance. 240 photographs
  /// have one gray level, within 1, in at most 46 % of the area, 90 logos in 58 % or more.
  private static func isPlain(_ small: Miniature) -> Bool {
    var counts = [Int](repeating: 0, count: 258)
    for pixel in small.pixels {
      for near in 0...2 { counts[Int(pixel) + near] += 1 }
    }
    let most = counts.max() ?? 0
    return Double(most) > mostPlain * Double(small.pixels.count)
  }

  /// The best agreement of a query with a stored image; `nil` when there is next to none.
  ///
  /// - Parameter mirrored: Whether a mirrored copy is wanted.
  static func best(_ query: [Form], _ stored: ImageFeatures, _ small: Miniature, mirrored: Bool) -> Fit? {
    guard !isPlain(small) else { return nil }
    let size = stored.workingSize
    let plane = small.plane
    var best: (r: Double, dx: Int, dy: Int, form: Form, area: PixelRect, own: Outline, d: Dihedral)?
    for inner in areas(plane, trim: small.area(stored.trim, of: size)) {
      guard let own = Outline(plane, inner) else { continue }
      let isWhole = inner.width == small.width && inner.height == small.height
      let area = isWhole ? PixelRect(x: 0, y: 0, width: size.width, height: size.height) : stored.trim
      for form in query {
        for (d, turned) in zip(Dihedral.all, form.turned) where mirrored || !d.isMirrored {
          let found = turned.displaced(own)
          if found.correlation >= best?.r ?? promising {
            best = (found.correlation, found.dx, found.dy, form, area, own, d)
          }
        }
      }
    }
    guard let best else { return nil }
    let turned = best.form.turned[Int(best.d.rawValue)]
    let (back, r, share) = turned.refined(best.own, dx: best.dx, dy: best.dy)
    guard let map = back.inverse, r > 0 else { return nil }
    let values = min(mostIndependent, turned.independent(of: best.own, dx: best.dx, dy: best.dy)) * share
    return Fit(
      query: best.form.area, stored: best.area, orientation: best.d, map: map, correlation: r,
      evidence: -values / 2 * PortableMath.logarithm(1 - min(0.999, r * r)))
  }
}

extension Miniature {
  fileprivate var plane: Plane { Plane(unchecked: width, height, pixels.map(Float.init)) }

  /// An area of the working image, of a given size, in pixels of the miniature.
  fileprivate func area(_ area: PixelRect, of size: (width: Int, height: Int)) -> PixelRect {
    func place(_ at: Int, _ side: Int, _ count: Int) -> Int {
      max(0, min(count, Int((Double(at) * Double(count) / Double(max(1, side))).rounded())))
    }
    let left = min(width - 1, place(area.x, size.width, width))
    let top = min(height - 1, place(area.y, size.height, height))
    return PixelRect(
      x: left, y: top, width: max(1, place(area.x + area.width, size.width, width) - left),
      height: max(1, place(area.y + area.height, size.height, height) - top))
  }
}

extension QueryFeatures {
  /// The outlines of the whole image and of what is inside its borders.
  var outlines: [Outline.Form] {
    if let plane = plane ?? sent?.plane { return Outline.forms(plane, trim: trim) { $0 } }
    guard let miniature else { return [] }
    let size = (width: Int(upright.width), height: Int(upright.height))
    let (whole, inner) = (PixelRect(x: 0, y: 0, width: size.width, height: size.height), miniature.area(trim, of: size))
    return Outline.forms(miniature.plane, trim: inner) { $0 == inner ? trim : whole }
  }
}
