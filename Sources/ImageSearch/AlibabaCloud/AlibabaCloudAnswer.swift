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
protocol AlibabaCloudResponse: Sendable, SendableMetatype {
  var answer: AlibabaCloudAnswer { get set }
  /// `nil` without what makes it this kind of answer.
  init?(_ json: JSONValue)
}

extension AlibabaCloudAnswer {

  /// Every field may be missing, begin with a small letter, or be of another type.
  init(_ json: JSONValue) {
    code = json.filledText("Code") ?? json.filledText("code")
    message =
      json.filledText("Message") ?? json.filledText("Msg") ?? json.filledText("message")
      ?? json.filledText("msg")
    requestID = json.filledText("RequestId") ?? json.filledText("requestId")
    success = json.flag("Success") ?? json.flag("success")
  }
}
