import CMatchingKernels

/// The similarities that single pairs of features stand for, in columns.
struct Suggestions {
  private var x: [Float] = [], y: [Float] = [], u: [Float] = [], v: [Float] = []
  private var a: [Float] = [], b: [Float] = [], tx: [Float] = [], ty: [Float] = []
  private var turn: [Float] = [], doubling: [Float] = []

  /// - Parameters:
  ///   - queryTurns: Cosine and sine of the direction of every feature of the query.
  ///   - storedTurns: The same for the stored ones.
  init(
    _ pairs: [Correspondence], _ query: FeatureSet, _ stored: FeatureSet, queryTurns: [SIMD2<Float>],
    storedTurns: [SIMD2<Float>], queryDoublings: [Float], storedDoublings: [Float]
  ) {
    for c in pairs {
      let (qx, qy) = (query.x[c.query], query.y[c.query])
      let (sx, sy) = (stored.x[c.stored], stored.y[c.stored])
      let difference = stored.angle[c.stored] - query.angle[c.query]
      let ratio = stored.sigma[c.stored] / max(1e-3, query.sigma[c.query])
      let (q, s) = (queryTurns[c.query], storedTurns[c.stored])
      // Cosine and sine of the difference of two directions.
      let along = ratio * (s.x * q.x + s.y * q.y)
      let across = ratio * (s.y * q.x - s.x * q.y)
      x.append(qx)
      y.append(qy)
      u.append(sx)
      v.append(sy)
      a.append(along)
      b.append(across)
      tx.append(sx - (along * qx - across * qy))
      ty.append(sy - (across * qx + along * qy))
      turn.append(difference < 0 ? difference + 1 : difference)
      doubling.append(storedDoublings[c.stored] - queryDoublings[c.query])
    }
  }

  /// How many of all agree with each, itself included.
  func supports(_ tolerance: matching_tolerance) -> [UInt32] {
    let columns = [x, y, u, v, a, b, tx, ty, turn, doubling].flatMap { $0 }
    let n = x.count
    return [UInt32](unsafeUninitializedCapacity: n) { result, used in
      columns.withUnsafeBufferPointer { all in
        func column(_ k: Int) -> UnsafePointer<Float>? { all.baseAddress.map { $0 + k * n } }
        var suggestions = matching_suggestions(
          x: column(0), y: column(1), u: column(2), v: column(3), a: column(4), b: column(5), tx: column(6),
          ty: column(7), turn: column(8), doubling: column(9), count: n)
        matching_support(&suggestions, tolerance, result.baseAddress)
      }
      used = n
    }
  }

  func map(_ i: Int) -> Affine {
    Affine(
      m11: Double(a[i]), m12: -Double(b[i]), m13: Double(tx[i]), m21: Double(b[i]), m22: Double(a[i]),
      m23: Double(ty[i]))
  }
}
