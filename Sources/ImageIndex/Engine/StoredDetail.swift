#if LocalIndex
  import ImageCodecs
  import ImageMatching
  import ImageSearch
  import Rasters

  extension Finding {
    /// Compares a stored image's detail with the query's by its thumbnail.
    ///
    /// - Returns: `nil` when that cannot be done.
    func differs(
      from query: QueryFeatures, thumbnail: [UInt8], control: CallControl
    ) throws -> Bool? {
      guard let stored = try Self.pixels(of: thumbnail, control: control) else { return nil }
      return try ImageDecodingError.translated { try differs(from: query, stored: stored) }
    }

    /// Decodes a thumbnail; `nil` when it is damaged.
    ///
    /// - Throws: ``ImageSearchError/Code/outOfMemory``, and what ends the call.
    static func pixels(of thumbnail: [UInt8], control: CallControl) throws -> GrayImage? {
      do {
        return try ImageDecodingError.translated {
          try thumbnail.withUnsafeBytes {
            try ImageDecoder.decodeGray($0, targetLongestSide: MatchEngine.workingSide, check: control.check).image
          }
        }
      } catch let error as ImageSearchError where [.corruptImage, .notAnImage, .emptyImage].contains(error.code) {
        return nil
      }
    }
  }
#endif
