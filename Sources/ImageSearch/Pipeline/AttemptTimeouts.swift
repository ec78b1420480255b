/// Time limits of one attempt.
public struct AttemptTimeouts: Sendable, Hashable {
  /// For a connection to stand, name lookup and TLS included, more than 0.
  public var connect: Duration
  /// From the beginning to the last byte of the answer, more than 0.
  public var total: Duration

  /// Time limits.
  public init(connect: Duration, total: Duration) {
    self.connect = connect
    self.total = total
  }
}
