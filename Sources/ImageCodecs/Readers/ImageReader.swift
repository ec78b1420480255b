/// One open image whose header has been read.
///
/// Readers know nothing of limits on size, targets or orientation; ``ImageDecoder`` asks for the header first, checks
/// it, and then has the rows poured into an accumulator.
protocol ImageReader {
  /// Columns that are delivered.
  var width: Int { get }
  /// Rows that are delivered.
  var height: Int { get }
  /// What the rows consist of.
  var layout: SampleLayout { get }
  /// Bytes held while reading, the accumulator apart.
  var workingMemory: Int { get }

  /// Decodes all rows.
  ///
  /// - Throws: only what the pace's check throws; damage is part of the outcome.
  func read(into target: ImageAccumulator, pace: Pace) throws -> ReadOutcome
}

/// How far reading came.
struct ReadOutcome {
  /// Rows delivered from undamaged data.
  var intactRows: Int
  /// Rows there should have been.
  var rows: Int
  /// Why it ended before the last row; `nil` when it did not.
  var failure: ImageDecodingError?
}
