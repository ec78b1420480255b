/// How many bytes of one attempt have moved.
public struct TransferCount: Sendable, Hashable {
  /// Bytes of the request's body that were handed to the network.
  public var sentBytes: Int
  /// Bytes of the answer's body that came, as they came (compressed, perhaps).
  public var receivedBytes: Int
  /// Bytes of the answer's body in all; `nil` while, or where, the server does not tell.
  public var bytesToReceive: Int?

  /// Counts.
  public init(sentBytes: Int = 0, receivedBytes: Int = 0, bytesToReceive: Int? = nil) {
    self.sentBytes = sentBytes
    self.receivedBytes = receivedBytes
    self.bytesToReceive = bytesToReceive
  }
}
