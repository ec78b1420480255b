import Testing

@testable import ImageSearch

/// Credentials that a recorded response must not contain, complete, truncated or with a byte order mark.
@Suite struct CredentialMembersTests {
  @Test(arguments: ["", "\u{FEFF}", " \n"]) func grantsAreTakenOut(_ start: String) {
    let grant = start + #"{"Bucket":"b","Signature":"c2lnbmF0dXJl","EncodedPolicy":"cG9saWN5","AccessKeyId":"STS.key"#
    for text in [grant, grant + #""}"#] {
      let scrubbed = String(decoding: CredentialMembers.redact(Array(text.utf8)), as: UTF8.self)
      #expect(scrubbed.contains(#""Bucket":"b""#))
      for secret in ["c2lnbmF0dXJl", "cG9saWN5", "STS.key"] { #expect(!scrubbed.contains(secret)) }
    }
  }
}
