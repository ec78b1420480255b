import FoundationEssentials
import Glibc
import TestSupport
import Testing

@testable import ImageSearch

/// Uploads: streamed, and checked before they cost anything.
@Suite(.serialized) struct TinEyeUploadTests {
  private static let shared = Result { try ProviderDouble("tineye") }
  private let double: ProviderDouble

  init() throws {
    double = try Self.shared.get()
    try double.reset()
  }

  @Test func fiftyMebibytesInLittleMemory() async throws {
    let size = 50 << 20
    let file = try TemporaryFile(ByteBuilder.bmp(headerSize: 40, 4200, 4160, depth: 24))
    #expect(truncate(file.path, off_t(size)) == 0)
    let tineye = try TinEyeFixture.client(double)
    _ = try await tineye.imageCount()
    // Other tests use memory at the same time, so the best of five counts; a copy of the image would be in each of them.
    var least = Int.max
    for _ in 0..<5 where least >= 8 << 20 {
      let growth = try await PeakMemory.growth {
        let page = try await tineye.search(SearchRequest(image: .file(file.path)))
        #expect(page.matches.isEmpty)
      }
      least = min(least, growth ?? .max)
    }
    #expect(least < 25 << 20)
    let sent = try #require(try double.requests().last)
    #expect(sent.verdict == "ok")
    #expect(sent.form.files.first?.length == size)
    #expect(sent.header("Content-Length") == String(sent.bodyLength))
    #expect(sent.header("Expect") == nil)
  }

  @Test func everyFormatIsTakenWithItsType() async throws {
    let tineye = try TinEyeFixture.client(double)
    for sample in SampleImage.all where !sample.header.isAnimated && ![.ppm, .bigTIFF].contains(sample.header.format) {
      let count = try double.requests().count
      _ = await thrown { try await tineye.search(SearchRequest(image: .bytes(sample.bytes))) }
      let requests = try double.requests()
      #expect(requests.count == count + 1, "\(sample.name)")
      #expect(requests.last?.form.files.first?.contentType == sample.header.format.mimeType)
      #expect(requests.last?.form.files.first?.length == sample.bytes.count)
    }
  }

  @Test func whatIsNoImageForTinEyeIsRefusedWithoutARequest() async throws {
    let tineye = try TinEyeFixture.client(double)
    let png = Array(try double.image("melon.png"))
    var refused: [([UInt8], ImageSearchError.Code)] = [
      ([], .emptyImage), (Array("hello, this is no image".utf8), .notAnImage),
      (Array(png.prefix(20)), .corruptImage), (Array(try double.image("animated.gif")), .animatedImage),
      ([0, 0, 0, 28] + Array("ftypavif\0\0\0\0avifmif1miaf".utf8), .unsupportedFormat),
    ]
    for sample in SampleImage.all where sample.header.isAnimated { refused.append((sample.bytes, .animatedImage)) }
    for (bytes, code) in refused {
      let error = await thrown { try await tineye.search(SearchRequest(image: .bytes(bytes))) }
      #expect(error?.code == code)
      #expect(error?.attempts == 0)
      let file = try TemporaryFile(bytes)
      #expect(await thrown { try await tineye.search(SearchRequest(image: .file(file.path))) }?.code == code)
    }
    for path in ["/nonexistent/image.png", "/tmp", "/dev/null", "", "/tmp/\0x"] {
      let error = await thrown { try await tineye.search(SearchRequest(image: .file(path))) }
      #expect(error?.code == .fileNotReadable || error?.code == .invalidArgument, "\(path)")
    }
    for url in [
      "", "example.org/a.jpg", "ftp://example.org/a.jpg", "file:///etc/passwd", "https://a b/", "https://u:p@h/",
    ] {
      #expect(await thrown { try await tineye.search(SearchRequest(image: .url(url))) }?.code == .invalidURL, "\(url)")
    }
    #expect(try double.requests().isEmpty)
  }

  @Test func aFileThatChangesWhileItIsSent() async throws {
    let image = Array(try double.image("melon.png"))
    let file = try TemporaryFile(image)
    let body = try FileBody(path: file.path)
    #expect(truncate(file.path, 10) == 0)
    let error = #expect(throws: ImageSearchError.self) { try body.makeReader() }
    #expect(error?.code == .fileNotReadable)
  }

  @Test func namesThatWouldBreakTheForm() async throws {
    let image = Array(try double.image("melon.png"))
    let tineye = try TinEyeFixture.client(double)
    for name in [
      "a\"b.png", "a\r\nX-Evil: 1.png", "../../etc/passwd", "ü 漢.png", "", String(repeating: "n", count: 999),
    ] {
      _ = try await tineye.search(SearchRequest(image: .bytes(image, name: name), limit: 1))
      let request = try #require(try double.requests().last)
      #expect(request.verdict == "ok")
      #expect(request.form.problem == nil)
      #expect(request.header("X-Evil") == nil)
      #expect(request.form.files.count == 1)
      #expect(request.form.files.first?.filename.contains("/") == false)
    }
  }
}
