import ImageSearch
import PictureMatching

/// What pictures are turned into, and what a query is. The store keeps the result of ``features(of:)`` as bytes whose meaning
/// only the engine knows.
enum MatchEngine {
  /// Raised whenever features of old and new pictures are no longer comparable.
  static let version: Int64 = 1
  /// The longer side that is looked at; a decoder need not deliver more.
  static let workingSide = 512

  /// A query that is ready to be compared.
  struct Query: Sendable {
    /// The code of the picture in each of the eight orientations of ``Dihedral/all``.
    var codes: [GlobalCode]
    /// Size of the query in pixels of the picture as given.
    var width: Int
    var height: Int
  }

  /// What is stored of a picture.
  ///
  /// - Throws: ``ImageSearchError/Code/pictureTooSimple``.
  static func features(of picture: GrayPicture) throws -> [UInt8] { encode(try spectrum(of: picture).code) }

  /// - Parameters:
  ///   - width: the width in pixels in which the caller wants coordinates.
  ///   - height: likewise.
  /// - Throws: ``ImageSearchError/Code/pictureTooSimple``.
  static func query(of picture: GrayPicture, width: Int, height: Int) throws -> Query {
    let spectrum = try spectrum(of: picture)
    return Query(codes: Dihedral.all.map { spectrum.code($0) }, width: width, height: height)
  }

  private static func spectrum(of picture: GrayPicture) throws -> GlobalSpectrum {
    let size = Resampler.size(width: picture.width, height: picture.height, longest: 256)
    guard let plane = Resampler.scale(picture, width: size.width, height: size.height),
      let spectrum = GlobalSpectrum(of: plane, area: BorderTrim.area(of: plane)),
      spectrum.detail >= GlobalSpectrum.leastDetail
    else { throw ImageSearchError.local(.pictureTooSimple, "The picture is too simple or too small to be matched") }
    return spectrum
  }

  private static func encode(_ code: GlobalCode) -> [UInt8] {
    (0..<4).flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: code.words[word] >> UInt64(8 * $0)) } }
  }

  /// - Returns: `nil` when the bytes are not features.
  static func code(in features: UnsafeRawBufferPointer) -> [UInt64]? {
    guard features.count >= GlobalCode.byteCount else { return nil }
    return (0..<4).map { UInt64(littleEndian: features.loadUnaligned(fromByteOffset: 8 * $0, as: UInt64.self)) }
  }
}
