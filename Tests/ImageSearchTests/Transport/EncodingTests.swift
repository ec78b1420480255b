import Testing

@testable import ImageSearch

/// The encoding of text in URLs and forms.
@Suite struct EncodingTests {
  @Test func percentEncoding() {
    let unreserved = "ABCXYZabcxyz0189-._~"
    #expect(PercentEncoding.encode(unreserved) == unreserved)
    #expect(PercentEncoding.encodeForm(unreserved) == unreserved)
    #expect(
      PercentEncoding.encode("a b+c/d?e=f&g#h%i!'()*ü漢\u{0}\n")
        == "a%20b%2Bc%2Fd%3Fe%3Df%26g%23h%25i%21%27%28%29%2A%C3%BC%E6%BC%A2%00%0A")
    #expect(PercentEncoding.encodeForm("a b+c") == "a+b%2Bc")
    #expect(PercentEncoding.encode("") == "")
    #expect(PercentEncoding.query([("a b", "1&2"), ("c", ""), ("a b", "=")]) == "a%20b=1%262&c=&a%20b=%3D")
    #expect(PercentEncoding.query([("a b", "1 2")], form: true) == "a+b=1+2")
    #expect(PercentEncoding.query([]) == "")
  }

  @Test func everyByteComesBack() throws {
    // All scalars of the relevant parts of the first plane, and one beyond it.
    for value in [0...0x2FF, 0x20A0...0x20BF, 0x4E00...0x4E20, 0x1F600...0x1F610] {
      for number in value {
        guard let scalar = Unicode.Scalar(UInt32(number)) else { continue }
        let text = "x\(Character(scalar))y"
        let encoded = PercentEncoding.encode(text)
        #expect(encoded.utf8.allSatisfy { $0 < 128 })
        #expect(decoded(encoded) == text)
      }
    }
  }

  private func decoded(_ encoded: String) -> String {
    var output: [UInt8] = []
    var rest = Array(encoded.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        output.append(byte)
        continue
      }
      output.append(UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) ?? 0)
      rest = rest.dropFirst(2)
    }
    return String(decoding: output, as: UTF8.self)
  }

  @Test func theFormIsThatOfTheStandardWhateverThePieces() throws {
    var form = MultipartForm(boundary: "b0undary")
    form.addField("limit", "2")
    form.addFile("image_upload", fileName: "a.png", contentType: "image/png", body: BytesBody([1, 2, 13, 10, 45, 45]))
    form.addFile("plain", fileName: "ü \"q\"\r\nX: y", contentType: nil, body: BytesBody([]))
    form.addField("odd\"name\n", "line\r\nbreak")
    let expected =
      Array("--b0undary\r\nContent-Disposition: form-data; name=\"limit\"\r\n\r\n2\r\n".utf8)
      + Array("--b0undary\r\nContent-Disposition: form-data; name=\"image_upload\"; filename=\"a.png\"\r\n".utf8)
      + Array("Content-Type: image/png\r\n\r\n".utf8) + [1, 2, 13, 10, 45, 45]
      + Array("\r\n--b0undary\r\nContent-Disposition: form-data; name=\"plain\"; ".utf8)
      + Array("filename=\"ü %22q%22%0D%0AX: y\"\r\n\r\n\r\n".utf8)
      + Array("--b0undary\r\nContent-Disposition: form-data; name=\"odd%22name%0A\"\r\n\r\nline\r\nbreak\r\n".utf8)
      + Array("--b0undary--\r\n".utf8)
    #expect(form.contentType == "multipart/form-data; boundary=b0undary")
    let body = form.body()
    #expect(body.length == expected.count)
    for piece in [1, 2, 3, 7, 64, 100_000] { #expect(try body.bytes(inPiecesOf: piece) == expected) }
    // Another attempt starts from the first byte.
    #expect(try body.bytes(inPiecesOf: 5) == expected)
    #expect(try MultipartForm(boundary: "b").body().bytes(inPiecesOf: 9) == Array("--b--\r\n".utf8))
  }

  @Test func bodiesOneAfterTheOther() throws {
    let parts = [[], [1], [], [2, 3, 4], [], []].map { BytesBody($0 as [UInt8]) }
    let body = JoinedBody(parts)
    #expect(body.length == 4)
    for piece in 1...5 { #expect(try body.bytes(inPiecesOf: piece) == [1, 2, 3, 4]) }
    #expect(try JoinedBody([]).bytes(inPiecesOf: 3).isEmpty)
    let file = try TemporaryFile(Array(0...255))
    #expect(try JoinedBody([BytesBody([9]), FileBody(path: file.path)]).bytes(inPiecesOf: 50) == [9] + Array(0...255))
  }
}
