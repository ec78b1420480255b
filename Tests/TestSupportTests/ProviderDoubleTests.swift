import FoundationEssentials
import TestSupport
import Testing

@Suite("Provider doubles, started from Swift")
struct ProviderDoubleTests {
  @Test("A double starts, answers control calls without recording them, and ends")
  func lifeOfADouble() throws {
    let double = try ProviderDouble("tineye", settings: #"{"image_count": 7}"#)
    #expect(double.port > 0)
    #expect(double.tlsPort == nil)
    #expect(try double.paid() == 0)
    #expect(try double.requests().isEmpty)
    #expect(try double.image("melon.png").prefix(4) == Data([0x89, 0x50, 0x4E, 0x47]))
    try double.set(#"{"max_concurrent": 1}"#)
    try double.script(#"{"error": "busy"}"#)
    double.stop()
    #expect(throws: DoubleError.self) { try double.paid() }
  }

  @Test("A rejected control call has the double's message")
  func refusedControlCall() throws {
    let double = try ProviderDouble("tineye")
    let error = #expect(throws: DoubleError.self) { try double.set(#"{"max_cuncorrent": 1}"#) }
    #expect(error?.description.contains("max_cuncorrent") == true)
    #expect(throws: DoubleError.self) { try double.script(#"{"error": "no such row"}"#) }
  }

  @Test("With TLS, the double prints its port and its certificate authority")
  func tls() throws {
    let double = try ProviderDouble("tineye", tls: true)
    #expect(double.tlsPort != nil)
    #expect(double.caFile?.hasSuffix("/ca.pem") == true)
  }

  @Test("The fault server prints all its ports, and faults can be scripted in every double")
  func faults() throws {
    let double = try ProviderDouble("faults")
    for name in ["port", "tls_port", "expired_port", "wrong_name_port", "unknown_ca_port", "refused_port"] {
      #expect(double.ports[name] != nil, "\(name)")
    }
    try double.script(#"{"fault": "reset_mid_body", "path": "/x"}"#)
  }

  @Test("An unknown double is an error")
  func missingDouble() {
    #expect(throws: DoubleError.self) { try ProviderDouble("nobody") }
  }
}
