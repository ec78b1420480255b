import Rasters
import Synchronization

/// The pixels of a query that was made elsewhere, brought to rising blur when they are first looked at: most queries meet nothing that
/// is worth it.
final class SentPixels: Sendable {
  private let width: Int
  private let height: Int
  /// A byte a pixel; `nil` when the query was sent without.
  private let gray: [UInt8]?
  private let made = Mutex<ScaleSpace?>(nil)
  private let missing = Atomic<Bool>(false)

  init(_ gray: [UInt8]?, width: Int, height: Int) {
    self.gray = gray
    self.width = width
    self.height = height
  }

  /// What a stored image is laid onto; `nil` without pixels.
  var space: ScaleSpace? {
    guard let plane else { return nil }
    return made.withLock { made in
      if made == nil { made = ScaleSpace.whole(plane) }
      return made
    }
  }

  var workingBytes: Int { gray == nil ? 0 : FeatureExtractor.workingBytes((width, height)) }

  /// The working image; `nil` without pixels.
  var plane: Plane? { gray.map { Plane(unchecked: width, height, $0.map(Float.init)) } }

  /// Whether there was something that only pixels could have told exactly.
  var wereMissed: Bool { missing.load(ordering: .relaxed) }

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
  /// Memory that its pixels take, once they are looked at.
  package var sentBytes: Int { sent?.workingBytes ?? 0 }

  /// Whether it can be sent with its pixels.
  package var hasPixels: Bool { plane != nil || sent?.plane != nil }

  /// Whether this query came without its pixels and met a stored image that it could be compared with in small only.
  package var missedItsPixels: Bool { sent?.wereMissed ?? false }
}
