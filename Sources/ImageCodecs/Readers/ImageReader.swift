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
