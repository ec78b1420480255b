import Rasters
import Synchronization

/// The pixels of a received query. The scale space is computed on first use: most queries never need it.
final class SentPixels: Sendable {
  private let width: Int
  private let height: Int
  /// One byte per pixel; `nil` when the query was sent without pixels.
  private let gray: [UInt8]?
  private let made = Mutex<ScaleSpace?>(nil)
  private let missing = Atomic<Bool>(false)
  private let missingWitness = Atomic<Bool>(false)

  init(_ gray: [UInt8]?, width: Int, height: Int) {
    self.gray = gray
    self.width = width
    self.height = height
  }

  /// The scale space that stored images are compared with; `nil` without pixels.
  var space: ScaleSpace? {
    guard let plane else { return nil }
    return made.withLock { made in
      if made == nil { made = ScaleSpace.whole(plane) }
      return made
    }
  }

  var hasPixels: Bool { gray != nil }

  var workingBytes: Int { gray == nil ? 0 : FeatureExtractor.workingBytes((width, height)) }

  /// The working image; `nil` without pixels.
  var plane: Plane? { gray.map { Plane(unchecked: width, height, $0.map(Float.init)) } }

  /// Whether a comparison would have needed pixels to be exact.
  var wereMissed: Bool { missing.load(ordering: .relaxed) }

  /// Whether there was an image without a comparison whose use as a witness needs pixels.
  var wereMissedByWitness: Bool { missingWitness.load(ordering: .relaxed) }

  func noteMissingWitness() {
    if gray == nil { missingWitness.store(true, ordering: .relaxed) }
  }

  func noteMissingPixels() {
    if gray == nil { missing.store(true, ordering: .relaxed) }
  }
}

extension ScaleSpace {
  /// All levels of a plane.
  fileprivate static func whole(_ plane: Plane) -> ScaleSpace? {
    guard let space = ScaleSpace(plane) else { return nil }
    for octave in space.octaves.indices { _ = space.withDifferences(octave: octave) { _, _ in } }
    space.dropDifferences()
    return space
  }
}

extension QueryFeatures {
  /// Memory of its pixels and scale space once they are used, in bytes.
  package var sentBytes: Int { sent?.workingBytes ?? 0 }

  /// Whether it can be encoded with its pixels.
  package var hasPixels: Bool { plane != nil || sent?.plane != nil }

  /// Whether this query was received without pixels and was compared with a stored image by miniatures only.
  package var missedItsPixels: Bool { sent?.wereMissed ?? false }

  /// Whether this query was received without pixels, and a stored image without a comparison could only be used as a witness with them.
  /// This matters where a verdict is doubtful, see ``Jury/wantsWitnesses``.
  package var missedItsWitnesses: Bool { sent?.wereMissedByWitness ?? false }
}
