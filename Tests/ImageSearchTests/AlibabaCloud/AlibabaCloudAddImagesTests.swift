import FoundationEssentials
import TestSupport
import Testing

@testable import ImageSearch

/// Adding many images: one bad image does not stop the rest.
@Suite struct AlibabaCloudAddImagesTests {
  private func outcomes(_ report: AddReport) -> [String] {
    report.entries.map { entry in
      switch entry.outcome {
      case .added: "\(entry.itemID)/\(entry.imageName) added"
      case .replaced: "\(entry.itemID)/\(entry.imageName) replaced"
      case .unchanged: "\(entry.itemID)/\(entry.imageName) unchanged"
      case .failed(let error): "\(entry.itemID)/\(entry.imageName) \(error.code)"
      }
    }
  }

  @Test(arguments: AlibabaCloud.Version.allCases)
  func oneBadImageDoesNotStopTheRest(_ version: AlibabaCloud.Version) async throws {
    let double = try ProviderDouble("alibaba")
    let client = try AlibabaCloudFixture.client(double, version: version)
    let good = ImageSource.bytes(Array(try double.image("shoes1.png")))
    let items = [
      ImageItem(
        itemID: "a",
        images: [
          .init(name: "1", source: good), .init(name: "small", source: .bytes(Array(try double.image("small.png")))),
          .init(name: "text", source: .bytes(Array("no image".utf8))), .init(name: "gone", source: .file("/nowhere")),
          .init(name: "2", source: good),
        ], category: "4"),
      ImageItem(itemID: "b", images: [.init(name: "1", source: good)], category: "shoes"),
      ImageItem(itemID: "c", images: [.init(name: "1", source: good)], category: "4", parameters: ["Colour": "red"]),
      ImageItem(itemID: "d", images: [.init(name: "1", source: good)], category: "12345"),
      ImageItem(itemID: "e", images: [.init(name: String(repeating: "x", count: 513), source: good)], category: "4"),
      ImageItem(itemID: "f", images: [.init(name: "1", source: good)], category: "4"),
    ]
    let report = try await client.addImages(items)
    let long = String(repeating: "x", count: 513)
    #expect(
      outcomes(report) == [
        "a/1 added", "a/small imageTooSmall", "a/text notAnImage", "a/gone fileNotReadable", "a/2 added",
        "b/1 invalidArgument", "c/1 invalidArgument", "d/1 invalidRequest", "e/\(long) invalidArgument", "f/1 added",
      ])
    #expect(report.succeededCount == 3)
    #expect(report.failedCount == 7)
  }

  /// A packed body is rejected as a whole; the bad image is found by sending the images individually.
  @Test func aRefusedBatchIsSentOneByOne() async throws {
    let double = try ProviderDouble("alibaba", settings: #"{"instances": {"fabric": {"service_type": 2}}}"#)
    let client = try AlibabaCloudFixture.client(double, version: .v20180120, instance: "fabric")
    // Large enough for our limits, but not for a fabric instance, which the client does not know.
    let small = ImageSource.bytes(Array(try double.image("shoes1.png")))
    let large = ImageSource.bytes(AlibabaCloudFixture.jpeg(600, 600))
    let report = try await client.addImages([
      ImageItem(
        itemID: "a",
        images: [
          .init(name: "1", source: large), .init(name: "2", source: small), .init(name: "3", source: large),
        ])
    ])
    #expect(outcomes(report) == ["a/1 added", "a/2 imageTooLarge", "a/3 added"])
    #expect(try double.requests().count == 4)
  }

  @Test func aBatchStaysBelowTheLimitOfABody() async throws {
    let double = try ProviderDouble("alibaba", settings: #"{"check_images": false}"#)
    let client = try AlibabaCloudFixture.client(double, version: .v20180120)
    let file = try TemporaryFile(AlibabaCloudFixture.jpeg(bytes: 1_900_000))
    let images = (0..<7).map { ImageItem.Image(name: "\($0)", source: .file(file.path)) }
    let report = try await client.addImages([ImageItem(itemID: "a", images: images, category: "4")])
    #expect(report.succeededCount == 7)
    let requests = try double.requests()
    #expect(requests.count == 3)
    #expect(requests.allSatisfy { $0.bodyLength < 8_000_000 && $0.verdict == "ok" })
  }

  @Test func ofTwoOfTheSameNameTheLaterStays() async throws {
    let double = try ProviderDouble("alibaba")
    let first = ImageSource.bytes(Array(try double.image("shoes1.png")))
    let second = ImageSource.bytes(Array(try double.image("shoes2.png")))
    for version in AlibabaCloud.Version.allCases {
      let client = try AlibabaCloudFixture.client(double, version: version)
      let report = try await client.addImages([
        ImageItem(
          itemID: version.rawValue, images: [.init(name: "1", source: first), .init(name: "1", source: second)],
          category: "4"),
        ImageItem(itemID: version.rawValue, images: [.init(name: "2", source: second)], category: "4"),
        ImageItem(itemID: version.rawValue, images: [.init(name: "2", source: first)], category: "4"),
      ])
      #expect(report.succeededCount == 4)
      let found = try await client.search(SearchRequest(image: second)).matches.filter { $0.itemID == version.rawValue }
      #expect(found.map(\.imageName) == ["1"])
    }
  }

  @Test func whatConcernsTheAccountEndsTheRun() async throws {
    let double = try ProviderDouble(
      "alibaba", settings: #"{"instances": {"goodssearch": {"capacity": 1, "extra_count": 9998}}}"#)
    let client = try AlibabaCloudFixture.client(double)
    let image = ImageSource.bytes(Array(try double.image("shoes1.png")))
    let many = (0..<20).map { ImageItem.Image(name: "\($0)", source: image) }
    let full = try await client.addImages([ImageItem(itemID: "a", images: many, category: "4")])
    #expect(full.succeededCount == 2)
    #expect(outcomes(full)[2...].allSatisfy { $0.hasSuffix("capacityReached") })
    #expect(try double.requests().filter { $0.kind == "AddImage" }.count == 3)

    let wrong = try AlibabaCloudFixture.client(
      double, credentials: .init(accessKeyID: "testid", accessKeySecret: "wrong"))
    let error = await #expect(throws: ImageSearchError.self) {
      try await wrong.addImages([ImageItem(itemID: "a", images: many)])
    }
    #expect(error?.code == .signatureRejected)
    let empty = await #expect(throws: ImageSearchError.self) {
      try await client.addImages([ImageItem(itemID: "a", images: [])])
    }
    #expect(empty?.message == "the item \"a\" has no image; it must have at least one")
    #expect(try await client.addImages([]).entries.isEmpty)
  }

  @Test func aDeadlineIsForTheWholeCall() async throws {
    var configuration = ClientConfiguration()
    configuration.limits = RequestLimits(concurrent: 1, perSecond: 1)
    let transport = ScriptedTransport([.json(#"{"Code":0,"Success":true}"#)])
    let client = try AlibabaCloudFixture.client(transport, version: .v20190325, configuration: configuration)
    let image = ImageSource.bytes(AlibabaCloudFixture.jpeg())
    let many = (0..<30).map { ImageItem.Image(name: "\($0)", source: image) }
    let report = try await client.addImages(
      [ImageItem(itemID: "a", images: many)], options: CallOptions(totalTimeout: .seconds(5.5)))
    // One per second, the first at once.
    #expect(report.succeededCount == 6)
    #expect(outcomes(report)[6...].allSatisfy { $0.hasSuffix("deadlineExceeded") })
    #expect(transport.sent.count == 6)
  }

  @Test func anImageThatIsTooLargeIsPrepared() async throws {
    struct Shrinking: ImagePreparing {
      func prepare(_ source: ImageSource, rules: ImagePreflight, deadline: Deadline?) async -> ImageSource {
        .bytes(AlibabaCloudFixture.jpeg(2000, 1000, bytes: 5000))
      }

      func close() {}
    }
    let double = try ProviderDouble("alibaba", settings: #"{"check_images": false}"#)
    var options = AlibabaCloud.Options()
    options.preparation = { Shrinking() }
    let client = try AlibabaCloudFixture.client(double, version: .v20190325, options: options)
    let report = try await client.addImages([
      ImageItem(
        itemID: "a",
        images: [
          .init(name: "large", source: .bytes(AlibabaCloudFixture.jpeg(8000, 4000))),
          .init(name: "turned", source: .bytes(AlibabaCloudFixture.turnedJPEG(1000, 2000))),
          .init(name: "fine", source: .bytes(AlibabaCloudFixture.jpeg())),
          .init(name: "text", source: .bytes(Array("no image".utf8))),
        ], parameters: ["Region": "40,80,20,60"])
    ])
    #expect(outcomes(report) == ["a/large added", "a/turned added", "a/fine added", "a/text notAnImage"])
    #expect(report.entries[0].warning == "the image was made smaller, to 2000 × 1000 pixels")
    #expect(report.entries[1].warning == nil)
    let regions = try double.requests().compactMap { $0.parameter("Region") }
    // The region is in pixels of the given image.
    #expect(regions == ["10,19,5,14", "40,80,20,60", "40,80,20,60"])
  }
}
