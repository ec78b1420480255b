/// What one call does otherwise than its client; what is `nil` is taken from the client.
public struct CallOptions: Sendable {
  /// For a connection to stand, name lookup and TLS included, in seconds.
  public var connectTimeout: Double?
  /// For one attempt from the first byte sent to the last received, in seconds.
  public var attemptTimeout: Double?
  /// For the whole call with every wait and retry, in seconds.
  public var deadline: Double?
  /// Told how far uploads and downloads are; `nil` asks for nothing. A local index moves no bytes and tells nothing.
  public var progress: ProgressHandler?

  /// Options of one call.
  public init(
    connectTimeout: Double? = nil, attemptTimeout: Double? = nil, deadline: Double? = nil,
    progress: ProgressHandler? = nil
  ) {
    self.connectTimeout = connectTimeout
    self.attemptTimeout = attemptTimeout
    self.deadline = deadline
    self.progress = progress
  }
}
