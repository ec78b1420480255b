import Rasters

/// What an index stores of an image: its global code and its local features, its miniature, at most 4 036 bytes.
///
/// A feature takes 12 bytes here (signature 8, place 4) and 9 in the postings (``PostingTable``), and the miniature 912, together
/// at most 6 340 bytes an image.
package struct ImageFeatures: Sendable, Equatable {
  /// Version of everything that decides which bits come out: working size, detector, descriptor, layout. Features of
  /// different versions cannot be compared.
  package static let algorithmVersion = 2

  /// Size of the image itself in pixels, upright.
  package let originalWidth: Int
  package let originalHeight: Int
  /// The code of the image without its borders.
  package let globalCode: GlobalCode
  /// The part of the working image that the code describes: without borders, in working pixels.
  let trim: PixelRect
  /// How much there is to see, 0...255, see ``GlobalSpectrum/detail``.
  package let detail: Int
  /// 64 bits a feature.
  package let signatures: [UInt64]
  /// Place, direction and size of each feature.
  package let frames: [PackedFrame]
  /// The stored form of the ``miniature``: most images that are looked at are never compared all over.
  let miniatureBytes: [UInt8]

  /// Makes the features of an image that is to be found later.
  ///
  /// - Parameters:
  ///   - image: The upright image in gray, best with a longest side of 512 pixels or more; a decoder may have scaled
  ///     it down already.
  ///   - originalWidth: Width of the image itself, when `image` is scaled down.
  ///   - originalHeight: Its height.
  /// - Throws: ``MatchingError/tooSmall(width:height:)`` or ``MatchingError/tooLittleDetail``.
  package init(of image: GrayImage, originalWidth: Int? = nil, originalHeight: Int? = nil) throws {
    let width = originalWidth ?? image.width
    let height = originalHeight ?? image.height
    guard width > 0, height > 0, width <= Int(UInt32.max), height <= Int(UInt32.max) else {
      throw MatchingError.tooSmall(width: width, height: height)
    }
    let size = Resampler.size(width: width, height: height, longest: FeatureExtractor.workingSide)
    let memory = try WorkingMemory(FeatureExtractor.workingBytes(size))
    defer { withExtendedLifetime(memory) {} }
    let working = try FeatureExtractor.prepare(image, size: size)
    let set = FeatureExtractor.features(of: working.plane, count: FeatureExtractor.indexCount, forQuery: false).upright
    guard FeatureExtractor.hasEnoughDetail(working.spectrum, features: set.count),
      let small = Miniature(of: working.plane)
    else { throw MatchingError.tooLittleDetail }
    self.originalWidth = width
    self.originalHeight = height
    globalCode = working.spectrum.code
    trim = working.trim
    detail = max(0, min(255, Int(working.spectrum.detail)))
    miniatureBytes = small.bytes
    signatures = set.signatures
    frames = (0..<set.count).map { PackedFrame(x: set.x[$0], y: set.y[$0], angle: set.angle[$0], sigma: set.sigma[$0]) }
  }

  init(
    originalWidth: Int, originalHeight: Int, globalCode: GlobalCode, trim: PixelRect, detail: Int, signatures: [UInt64],
    frames: [PackedFrame], miniatureBytes: [UInt8]
  ) {
    self.originalWidth = originalWidth
    self.originalHeight = originalHeight
    self.globalCode = globalCode
    self.trim = trim
    self.detail = detail
    self.signatures = signatures
    self.frames = frames
    self.miniatureBytes = miniatureBytes
  }

  /// The image in small; `nil` when what was stored cannot be read.
  package var miniature: Miniature? { Miniature(bytes: miniatureBytes) }

  /// Size of the working image.
  var workingSize: (width: Int, height: Int) {
    Resampler.size(width: originalWidth, height: originalHeight, longest: FeatureExtractor.workingSide)
  }

  /// The features with their places in working pixels.
  var set: FeatureSet {
    let size = workingSize
    var set = FeatureSet(width: Float(size.width), height: Float(size.height))
    set.signatures = signatures
    set.x = frames.map(\.x)
    set.y = frames.map(\.y)
    set.angle = frames.map(\.angle)
    set.sigma = frames.map(\.sigma)
    return set
  }
}
