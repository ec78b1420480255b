/// Time limits of one attempt.
public struct AttemptTimeouts: Sendable, Hashable {
  /// For a connection to stand, name lookup and TLS included, in seconds; more than 0.
  public var connect: Double
  /// From the beginning to the last byte of the answer, in seconds; more than 0.
  public var total: Double

  /// Time limits in seconds.
  public init(connect: Double, total: Double) {
    self.connect = connect
    self.total = total
  }
}
