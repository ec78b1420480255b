/// Time limits of one call; what is `nil` is taken from the client.
public struct CallOptions: Sendable, Hashable {
  /// For a connection to stand, name lookup and TLS included, in seconds.
  public var connectTimeout: Double?
  /// For one attempt from the first byte sent to the last received, in seconds.
  public var attemptTimeout: Double?
  /// For the whole call with every wait and retry, in seconds.
  public var deadline: Double?

  /// Time limits of one call.
  public init(connectTimeout: Double? = nil, attemptTimeout: Double? = nil, deadline: Double? = nil) {
    self.connectTimeout = connectTimeout
    self.attemptTimeout = attemptTimeout
    self.deadline = deadline
  }
}
