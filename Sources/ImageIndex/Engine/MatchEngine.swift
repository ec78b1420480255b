import ImageMatching
import ImageSearch
import Rasters

/// Creates stored features and queries from images. To the store, features are opaque bytes.
enum MatchEngine {
  /// Version of the rows: the matcher's version and that of the row layout.
  static let version = Int64(ImageFeatures.algorithmVersion) << 8 | 1
  /// Version of the features in a segment.
  static let segmentVersion = UInt32(truncatingIfNeeded: version)
  /// Hash of everything else that determines the postings.
  static let segmentParameters: UInt32 = {
    let numbers = [
      FeatureSet.keyBits, FeatureExtractor.indexCount, Int(PostingTableBuilder.fragment), PostingView.mostImages,
      SegmentLayout.blockLength,
    ]
    return numbers.withUnsafeBytes { CRC32C.checksum($0) }
  }()
  /// The longer side of the image that features are extracted from, in pixels; a decoder need not deliver more.
  static let workingSide = FeatureExtractor.workingSide

  /// The features that are stored for an image.
  ///
  /// - Throws: ``ImageSearchError/Code/imageTooSimple``, ``ImageSearchError/Code/imageTooSmall``.
  static func features(of image: GrayImage, originalWidth: Int, originalHeight: Int) throws -> [UInt8] {
    try translated {
      try ImageFeatures(of: image, originalWidth: originalWidth, originalHeight: originalHeight).bytes
    }
  }

  /// The features of a query image.
  ///
  /// - Throws: ``ImageSearchError/Code/imageTooSimple``, ``ImageSearchError/Code/imageTooSmall``,
  ///   ``ImageSearchError/Code/invalidArgument`` for a region that is not inside the image.
  static func query(
    of image: GrayImage, originalWidth: Int, originalHeight: Int, region: PixelRect?
  ) throws -> QueryFeatures {
    try translated {
      try QueryFeatures(
        of: image, originalWidth: originalWidth, originalHeight: originalHeight, region: region)
    }
  }

  /// Reads what ``features(of:originalWidth:originalHeight:)`` wrote.
  ///
  /// - Throws: ``ImageSearchError/Code/indexCorrupt``, ``ImageSearchError/Code/indexVersionMismatch``.
  static func features(_ bytes: UnsafeRawBufferPointer, of image: Int64) throws -> ImageFeatures {
    do {
      return try ImageFeatures(bytes: bytes)
    } catch MatchingError.otherVersion(let version) {
      throw ImageSearchError.local(
        .indexVersionMismatch, "The features of image \(image) are of version \(version); rebuild makes them anew")
    } catch {
      throw ImageSearchError.local(.indexCorrupt, "The index is damaged: the features of image \(image): \(error)")
    }
  }

  /// Maps the matcher's errors to the library's.
  private static func translated<Value>(_ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch let error as OutOfPixelMemory {
      throw ImageSearchError.local(.outOfMemory, "No memory to describe the image (\(error.byteCount) bytes)")
    } catch let error as MatchingError {
      switch error {
      case .tooSmall(let width, let height):
        throw ImageSearchError.local(
          .imageTooSmall,
          "The image has \(width) × \(height) pixels, the least to be matched is \(FeatureExtractor.leastSide) a side"
        )
      case .tooLittleDetail:
        throw ImageSearchError.local(.imageTooSimple, "The image is too simple to be matched")
      case .badRegion:
        throw ImageSearchError.local(.invalidArgument, "region is not inside the image")
      case .damagedFeatures, .otherVersion:
        throw ImageSearchError.local(.internalFailure, "The matcher failed: \(error)")
      }
    }
  }
}
