import Glibc
import ImageSearch
import TestSupport
import Testing

/// File names are bytes, and each service that accepts files accepts those whose names are not valid text.
@Suite struct FilePathTests {
  /// Latin-1, an overlong form, half of a surrogate pair, a byte that UTF-8 never has, and a truncated sequence; with the name that is sent.
  private static let names: [(bytes: [UInt8], text: String)] = [
    ([0x63, 0x61, 0x66, 0xE9], "caf\\xE9"), ([0xC0, 0xAF], "\\xC0\\xAF"), ([0xED, 0xA0, 0x80], "\\xED\\xA0\\x80"),
    ([0xFF], "\\xFF"), ([0x61, 0xE6, 0xBC], "a\\xE6\\xBC"), ([0xC3, 0xBC], "ü"),
  ]

  /// Writes the image under each name, and in a folder with such a name.
  private func files(_ image: [UInt8], in folder: Folder) throws -> [(path: [UInt8], text: String)] {
    try Self.names.flatMap { name in
      let place = Array((folder.path + "/").utf8)
      let inner = place + [0xE9] + name.bytes
      try #require(mkdir(text(inner), 0o700) == 0)
      return try [place + name.bytes + Array(".png".utf8), inner + Array("/plain.png".utf8)].map { path in
        let file = try #require(fopen(text(path), "w"))
        #expect(fwrite(image, 1, image.count, file) == image.count)
        fclose(file)
        return (path, path.count == place.count + name.bytes.count + 4 ? name.text + ".png" : "plain.png")
      }
    }
  }

  private func text(_ path: [UInt8]) -> [CChar] { path.map { CChar(bitPattern: $0) } + [0] }

  private var configuration: ClientConfiguration {
    var configuration = ClientConfiguration()
    configuration.limits = RequestLimits(concurrent: 4)
    configuration.transport.proxy = ""
    return configuration
  }

  @Test func tinEye() async throws {
    let double = try ProviderDouble("tineye")
    let folder = try Folder()
    defer { folder.remove() }
    let client = try TinEye(.apiKey("test-key"), baseURL: double.url + "/rest", configuration: configuration)
    defer { client.close() }
    for file in try files(Array(double.image("melon.png")), in: folder) {
      let image = ImageSource.file(pathBytes: file.path)
      #expect(try ImageHeader.of(image)?.format == .png)
      #expect(try await client.search(SearchRequest(image: image, limit: 1)).total == 247, "\(file.text)")
      // The double treats a backslash in a quoted name as an escape, as RFC 2616 does, and removes it.
      let sent = file.text.filter { $0 != "\\" }
      #expect(try double.requests().last?.form.files.first?.filename == sent)
      #expect(unlink(text(file.path)) == 0)
      let error = await thrownError { try await client.search(SearchRequest(image: image, limit: 1)) }
      #expect(error?.code == .fileNotReadable)
      #expect(error?.message.contains(file.text) == true, "\(String(describing: error))")
    }
  }

  @Test(arguments: [AlibabaCloud.Version.v20201214, .v20190325, .v20180120])
  func alibabaCloud(_ version: AlibabaCloud.Version) async throws {
    let double = try ProviderDouble("alibaba")
    let folder = try Folder()
    defer { folder.remove() }
    var options = AlibabaCloud.Options()
    options.endpoint = double.url
    options.apiVersion = version
    let client = try AlibabaCloud(
      AlibabaCloudCredentials(accessKeyID: "testid", accessKeySecret: "testsecret"), instance: "goodssearch",
      region: "cn-shanghai", options: options, configuration: configuration)
    defer { client.close() }
    for (number, file) in try files(Array(double.image("shoes1.png")), in: folder).enumerated() {
      let image = ImageSource.file(pathBytes: file.path)
      let item = ImageItem(itemID: "item\(number)", images: [.init(name: "front", source: image)], category: "3")
      let report = try await client.addImages([item])
      #expect(report.failedCount == 0, "\(report)")
      #expect(try await client.search(SearchRequest(image: image, limit: 1)).matches.count == 1, "\(file.text)")
    }
  }

  /// A client inside a fallback gets the same file.
  @Test func fallback() async throws {
    let double = try ProviderDouble("tineye")
    let folder = try Folder()
    defer { folder.remove() }
    let client = try TinEye(.apiKey("test-key"), baseURL: double.url + "/rest", configuration: configuration)
    let fallback = try FallbackService([client])
    defer { client.close() }
    for file in try files(Array(double.image("melon.png")), in: folder) {
      let request = SearchRequest(image: .file(pathBytes: file.path), limit: 1)
      #expect(try await fallback.search(request).total == 247)
    }
  }
}
