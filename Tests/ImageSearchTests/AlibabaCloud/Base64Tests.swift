import FoundationEssentials
import ImageSearch
import Testing

@Suite struct Base64Tests {
  private func random(_ count: Int) throws -> [UInt8] { try SecureRandom().bytes(count) }

  @Test(arguments: [0, 1, 2, 3, 4, 5, 1000, 24_575, 24_576, 24_577, 49_151, 49_152, 49_153, 98_305])
  func textIsThatOfFoundation(_ count: Int) throws {
    let plain = try random(count)
    let expected = Data(plain).base64EncodedString()
    #expect(Base64.encode(plain) == expected)
    #expect(Base64.encodedLength(count) == expected.utf8.count)
    #expect(Base64.decode(Array(expected.utf8)) == plain)
    let body = try Base64Body(BytesBody(plain))
    #expect(body.length == expected.utf8.count)
    for piece in [7, 4096, 1 << 20] { #expect(try body.bytes(inPiecesOf: piece) == Array(expected.utf8)) }
    let form = PercentEncoding.encodeForm(expected)
    var seen: [UInt8] = []
    let length = try FormBase64Body.length(of: BytesBody(plain)) { seen += $0 }
    #expect(seen == Array(form.utf8))
    let formBody = FormBase64Body(BytesBody(plain), length: length)
    #expect(try formBody.bytes(inPiecesOf: 4096) == Array(form.utf8))
  }

  @Test func decodingIsStrict() {
    for text in ["Y", "YQ", "YQ=", "YQ=a", "=YQ=", "YR==", "YWF=", "YQ==YQ==", "Y Q=", "YQ==\n", "____", "===="] {
      #expect(Base64.decode(Array(text.utf8)) == nil, "\(text)")
    }
    #expect(Base64.decode([]) == [])
    #expect(Base64.encodedLength(Int.max) == nil)
    #expect(Base64.encodedLength(-1) == nil)
  }

  /// The length of a form value depends on the bytes, so an image that changes while it is sent must be an error.
  @Test func anImageThatChangesIsAnError() throws {
    let length = try FormBase64Body.length(of: BytesBody([0xFF, 0xFF, 0xFF])) { _ in }
    #expect(length == 12)
    for other in [[0, 0, 0] as [UInt8], [0xFF, 0xFF, 0xFF, 0]] {
      let body = FormBase64Body(BytesBody(other), length: length)
      #expect(throws: ImageSearchError.self) { try body.bytes(inPiecesOf: 100) }
    }
  }

  @Test func fileBodiesDoNotTakeTheImageIntoMemory() throws {
    let file = try TemporaryFile(try random(300_000))
    let body = try Base64Body(FileBody(path: file.path))
    #expect(body.length == 400_000)
    #expect(try body.bytes(inPiecesOf: 65_536).count == 400_000)
  }
}
