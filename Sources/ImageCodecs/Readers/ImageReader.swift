/// One open image whose header has been read.
///
/// Readers do not handle limits on size, targets or orientation: ``ImageDecoder`` reads and checks the header first,
/// and then has the rows added to an accumulator.
protocol ImageReader {
  /// Number of columns that are returned.
  var width: Int { get }
  /// Number of rows that are returned.
  var height: Int { get }
  /// The layout of the rows.
  var layout: SampleLayout { get }
  /// Memory while reading in bytes, without the accumulator.
  var workingMemory: Int { get }

  /// Decodes all rows.
  ///
  /// - Throws: only the errors of the pace's check; damage is part of the outcome.
  func read(into target: ImageAccumulator, pace: Pace) throws -> ReadOutcome
}

/// The outcome of reading.
struct ReadOutcome {
  /// Number of rows from undamaged data.
  var intactRows: Int
  /// Number of rows expected.
  var rows: Int
  /// The error if it ended before the last row, otherwise `nil`.
  var failure: ImageDecodingError?
}

#if LocalIndex
  import CImageCodecs

  extension ImageDecodingError {
    /// The error of a function of CImageCodecs, with the library's message.
    init(_ status: image_status, _ failure: image_failure, _ format: String) {
      let words = withUnsafeBytes(of: failure.message) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      let message = "\(format): \(words)"
      switch status {
      case IMAGE_TRUNCATED: self.init(.truncated, message)
      case IMAGE_UNSUPPORTED: self.init(.unsupportedFormat, message)
      case IMAGE_TOO_LARGE: self.init(.tooLarge, message, field: "workingMemory")
      case IMAGE_NO_MEMORY: self.init(.outOfMemory, message)
      default: self.init(.corrupt, message)
      }
    }
  }

  extension UnsafeRawBufferPointer {
    /// The bytes in the form of the C interface.
    var octets: UnsafePointer<UInt8>? { baseAddress?.assumingMemoryBound(to: UInt8.self) }
  }
#endif
