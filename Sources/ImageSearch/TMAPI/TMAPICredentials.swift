/// How to sign in to TMAPI: one token, in exactly one place.
public struct TMAPICredentials: Sendable {
  /// Where the token travels. Whether the service tolerates both at once is not known, so it is always one.
  public enum Placement: String, Sendable, CaseIterable {
    /// The request header `apikey`, as the newest documents have it (docs/sources/tmapi-1688.md, section 2).
    case header
    /// The query parameter `apiToken`, as docs/sources/tmapi-1688.md, section 8 has it; proxies and servers write it into their logs.
    case query
  }

  let token: Secret
  let placement: Placement

  /// A token of the provider's console.
  ///
  /// - Parameters:
  ///   - token: the token, visible ASCII characters.
  ///   - placement: where it travels.
  public static func token(_ token: String, placement: Placement = .header) -> TMAPICredentials {
    TMAPICredentials(token: Secret(token), placement: placement)
  }

  /// The same token in memory of its own, for a client to wipe.
  func copy() -> TMAPICredentials { TMAPICredentials(token: token.copy(), placement: placement) }

  // The message must not quote the token.
  func validate() throws {
    let text = token.text
    guard !text.isEmpty else { throw ImageSearchError(.invalidArgument, "the API token is empty") }
    guard text.utf8.allSatisfy({ $0 > 32 && $0 < 127 }) else {
      throw ImageSearchError(.invalidArgument, "the API token contains a space or a character outside of ASCII")
    }
  }
}

extension TMAPICredentials: CustomStringConvertible, CustomReflectable {
  /// Without the token.
  public var description: String { "TMAPICredentials(\(placement.rawValue))" }

  /// Without the token.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
