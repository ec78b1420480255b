/// What every answer of Alibaba Cloud begins with.
public struct AlibabaCloudAnswer: Sendable, Hashable {
  /// `"0"`, or `nil` where the call has none (Detail and the jobs).
  public var code: String?
  /// The provider's words, from `Message` or `Msg`.
  public var message: String?
  /// The provider's identifier of the request.
  public var requestID: String?
  /// Whether the provider calls it a success.
  public var success: Bool?
  /// The body as it came.
  public var raw: [UInt8] = []
}

/// A typed answer: its own fields and the common beginning.
protocol AlibabaCloudResponse: Decodable, Sendable, SendableMetatype {
  var answer: AlibabaCloudAnswer { get set }
}

extension AlibabaCloudAnswer: Decodable {
  private enum Keys: String, CodingKey {
    case Code, code, Message, message, Msg, msg, RequestId, requestId, Success, success
  }

  /// Every field may be missing, begin with a small letter, or be of another type.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Keys.self)
    code = container.filledText(.Code) ?? container.filledText(.code)
    message =
      container.filledText(.Message) ?? container.filledText(.Msg) ?? container.filledText(.message)
      ?? container.filledText(.msg)
    requestID = container.filledText(.RequestId) ?? container.filledText(.requestId)
    success = container.flag(.Success) ?? container.flag(.success)
  }
}
