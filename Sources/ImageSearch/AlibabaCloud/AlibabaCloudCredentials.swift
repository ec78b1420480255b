import FoundationEssentials

/// The access key that signs in to Alibaba Cloud.
public struct AlibabaCloudCredentials: Sendable {
  let accessKeyID: String
  let accessKeySecret: Secret
  let securityToken: Secret?

  /// An access key.
  ///
  /// - Parameters:
  ///   - accessKeyID: the id of the key, which travels with every request.
  ///   - accessKeySecret: the secret, which never does.
  ///   - securityToken: the token of a temporary key (STS); `nil` or `""` for a permanent one.
  public init(accessKeyID: String, accessKeySecret: String, securityToken: String? = nil) {
    self.accessKeyID = accessKeyID
    self.accessKeySecret = Secret(accessKeySecret)
    self.securityToken = securityToken.flatMap { $0.isEmpty ? nil : Secret($0) }
  }

  /// The key in `ALIBABA_CLOUD_ACCESS_KEY_ID`, `ALIBABA_CLOUD_ACCESS_KEY_SECRET` and, if set, `ALIBABA_CLOUD_SECURITY_TOKEN`.
  ///
  /// - Throws: ``ImageSearchError/Code/unauthorized`` naming the variable that is missing.
  public static func fromEnvironment() throws -> AlibabaCloudCredentials {
    try from(ProcessInfo.processInfo.environment)
  }

  static func from(_ environment: [String: String]) throws -> AlibabaCloudCredentials {
    func value(_ name: String) throws -> String {
      guard let text = environment[name], !text.isEmpty else {
        throw ImageSearchError(.unauthorized, "the environment variable \(name) is not set", service: "AlibabaCloud")
      }
      return text
    }
    return AlibabaCloudCredentials(
      accessKeyID: try value("ALIBABA_CLOUD_ACCESS_KEY_ID"),
      accessKeySecret: try value("ALIBABA_CLOUD_ACCESS_KEY_SECRET"),
      securityToken: environment["ALIBABA_CLOUD_SECURITY_TOKEN"])
  }

  /// A copy with secrets of its own: a client wipes them when it is closed, and the caller may open another with the same key.
  var copy: AlibabaCloudCredentials {
    AlibabaCloudCredentials(
      accessKeyID: accessKeyID, accessKeySecret: accessKeySecret.text, securityToken: securityToken?.text)
  }

  var secrets: [Secret] { [accessKeySecret] + (securityToken.map { [$0] } ?? []) }

  func validate() throws {
    try Self.check("access key id", accessKeyID)
    try Self.check("access key secret", accessKeySecret.text)
    if let securityToken { try Self.check("security token", securityToken.text) }
  }

  // The message must not quote the key.
  private static func check(_ field: String, _ key: String) throws {
    guard !key.isEmpty else { throw ImageSearchError(.invalidArgument, "the \(field) is empty") }
    guard key.utf8.allSatisfy({ $0 > 32 && $0 < 127 }) else {
      throw ImageSearchError(.invalidArgument, "the \(field) contains a space or a character outside of ASCII")
    }
  }
}

extension AlibabaCloudCredentials: CustomStringConvertible, CustomReflectable {
  /// Without the secret and the token.
  public var description: String { "AlibabaCloudCredentials(\(securityToken == nil ? "access key" : "temporary key"))" }

  /// Without anything.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
