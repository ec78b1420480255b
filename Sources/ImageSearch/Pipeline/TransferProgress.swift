/// How far one attempt of a call is. A call that consists of several requests – an upload to Alibaba Cloud asks for leave first,
/// then uploads, then adds – tells of each by its ``operation``; a repetition begins again at 0 with the next ``attempt``.
public struct TransferProgress: Sendable, Hashable {
  /// The service.
  public var service: String
  /// The request, by the name that it has in the log, for instance `"search"` or `"upload"`.
  public var operation: String
  /// The attempt, from 1.
  public var attempt: Int
  /// Bytes of the request's body that were handed to the network.
  public var sentBytes: Int
  /// Bytes of the request's body in all, 0 without one.
  public var bytesToSend: Int
  /// Bytes of the answer's body that came.
  public var receivedBytes: Int
  /// Bytes of the answer's body in all; `nil` while, or where, the server does not tell.
  public var bytesToReceive: Int?
}

/// Receives progress: ten times a second at most while bytes move, and once when an attempt ends. Called on the thread that does
/// all transfers of the client, or on the one that awaits the call, never by two at once for one request. It must return soon,
/// must not wait for another call of the same client, and may cancel.
public typealias ProgressHandler = @Sendable (TransferProgress) -> Void
