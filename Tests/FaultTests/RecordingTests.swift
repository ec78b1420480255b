import FoundationEssentials
import ImageSearch
import TestSupport
import Testing

/// Recordings replay without a provider, and contain no secret.
@Suite struct RecordingTests {
  /// A service with a call that the double understands.
  struct Subject: Sendable {
    var double: String
    var settings: String
    var secrets: [String]
    var run: Run

    init(_ double: String, _ settings: String, secrets: [String], _ run: @escaping Run) {
      self.double = double
      self.settings = settings
      self.secrets = secrets
      self.run = run
    }

    typealias Run = @Sendable (Setting) async throws -> [String]
  }

  /// The setup of a run.
  struct Setting: Sendable {
    var url: String
    var configuration: ClientConfiguration
    /// The double's keys, or others.
    var isReal: Bool
    var image: [UInt8]
  }

  private static let image = SearchRequest(image: .url("https://tineye.com/images/meloncat.jpg"), limit: 3)

  private static func names(_ page: SearchPage) -> [String] {
    page.matches.map { "\($0.itemID ?? "-") \($0.imageURL ?? "-") \($0.title ?? "-") \($0.score ?? -1)" }
  }

  private static func tinEye(isSigned: Bool) -> Subject {
    Subject(
      "tineye", FaultCall.all[isSigned ? 2 : 0].settings, secrets: [FaultCall.tinEyeKey, FaultCall.tinEyePublicKey]
    ) { setting in
      let key = setting.isReal ? FaultCall.tinEyeKey : "some-other-key"
      let publicKey = setting.isReal ? FaultCall.tinEyePublicKey : "another-public-key"
      let client = try TinEye(
        isSigned ? .signature(publicKey: publicKey, privateKey: key) : .apiKey(key), baseURL: setting.url + "/rest",
        configuration: setting.configuration)
      defer { client.close() }
      let first = try await client.search(image)
      // The same request twice: the responses come in their original order.
      let second = try await client.search(image)
      let upload = try await client.search(SearchRequest(image: .bytes(setting.image), limit: 3))
      let left = try await client.remainingSearches()
      var found = names(first) + names(second) + names(upload) + ["\(left)"]
      if let match = first.matches.first { found.append("\(try await client.overlay(of: match).count)") }
      let gone = SearchRequest(image: .url("https://images.example/gone.jpg"))
      found.append(await thrownError { try await client.search(gone) }.map { "\($0)" } ?? "-")
      return found
    }
  }

  private static func tmapi(_ placement: TMAPICredentials.Placement) -> Subject {
    let settings = FaultCall.all.first { $0.double == "tmapi" }?.settings ?? "{}"
    return Subject("tmapi", settings, secrets: [FaultCall.tmapiToken]) { setting in
      let credentials = TMAPICredentials.token(
        setting.isReal ? FaultCall.tmapiToken : "some-other-token", placement: placement)
      let client = try TMAPI(credentials, baseURL: setting.url, configuration: setting.configuration)
      defer { client.close() }
      return names(try await client.search(SearchRequest(image: .url("https://images.example/shirt.jpg"))))
    }
  }

  private static func alibaba(_ version: AlibabaCloud.Version) -> Subject {
    let settings = FaultCall.alibabaCloud[0].settings
    let secrets = [FaultCall.alibabaSecret, FaultCall.alibabaToken, FaultCall.alibabaKeyID]
    return Subject("alibaba", settings, secrets: secrets) { setting in
      let credentials =
        setting.isReal
        ? AlibabaCloudCredentials(
          accessKeyID: FaultCall.alibabaKeyID, accessKeySecret: FaultCall.alibabaSecret,
          securityToken: FaultCall.alibabaToken)
        : AlibabaCloudCredentials(accessKeyID: "other", accessKeySecret: "other-secret", securityToken: "other-token")
      var options = AlibabaCloud.Options()
      options.endpoint = setting.url
      options.apiVersion = version
      let client = try AlibabaCloud(
        credentials, instance: "goodssearch", region: "cn-shanghai", options: options,
        configuration: setting.configuration)
      defer { client.close() }
      var request = AlibabaCloudAddRequest(productID: "p1", imageName: "a.png", image: .bytes(setting.image))
      request.categoryID = 3
      _ = try await client.addImage(request)
      var found = names(try await client.search(SearchRequest(image: .bytes(setting.image))))
      let missing = SearchRequest(image: .bytes(setting.image), category: "77")
      found.append(await thrownError { try await client.search(missing) }.map { "\($0)" } ?? "-")
      return found
    }
  }

  static let subjects = [
    tinEye(isSigned: false), tinEye(isSigned: true), tmapi(.header), tmapi(.query), alibaba(.v20201214),
    alibaba(.v20190325), alibaba(.v20180120),
  ]

  @Test(arguments: subjects.indices) func recordedAndReplayed(_ index: Int) async throws {
    let subject = Self.subjects[index]
    let folder = try Folder()
    defer { folder.remove() }
    let double = try ProviderDouble(subject.double, settings: subject.settings)
    var setting = Setting(url: double.url, configuration: ClientConfiguration(), isReal: true, image: [])
    if subject.double != "tmapi" {
      setting.image = Array(try double.image(subject.double == "tineye" ? "melon.png" : "shoes1.png"))
    }
    setting.configuration.limits = RequestLimits(concurrent: 1)
    setting.configuration.recording = .record(folder: folder.path)
    let recorded = try await subject.run(setting)
    let requests = try double.requests()
    double.stop()
    #expect(recorded.count > 0)

    let text = try folder.text()
    #expect(try folder.names().count == requests.count)
    for secret in subject.secrets {
      for leak in SecretSearch.leaks(of: secret, in: text) { Issue.record("\(leak) is in a file") }
    }
    for (name, value) in Self.credentials(requests) {
      #expect(!text.contains(value), "the value of \(name) is in a file")
    }

    // Unknown keys and no server: the recordings answer.
    setting.isReal = false
    setting.configuration.recording = .replay(folder: folder.path)
    #expect(try await subject.run(setting) == recorded)
    setting.configuration.recording = nil
    setting.configuration.retry.maximumAttempts = 1
    #expect(await thrownError { try await subject.run(setting) }?.code == .connectionFailed)
  }

  /// The credentials and signatures of the requests, as received by the double.
  private static func credentials(_ requests: [RecordedRequest]) -> [(String, String)] {
    let names = [
      "api_key", "api_sig", "nonce", "date", "apitoken", "apikey", "x-api-key", "authorization", "x-acs-date",
      "x-acs-signature-nonce", "x-acs-security-token", "signature", "policy", "ossaccesskeyid", "signaturenonce",
    ]
    return requests.flatMap { $0.query + $0.headers + $0.form.fields }.compactMap { pair in
      guard pair.count == 2, names.contains(pair[0].lowercased()), pair[1].utf8.count >= 6 else { return nil }
      return (pair[0], pair[1])
    }
  }

  @Test func aSurpriseIsAnErrorThatNamesIt() async throws {
    let folder = try Folder()
    defer { folder.remove() }
    let double = try ProviderDouble("tineye")
    var configuration = ClientConfiguration()
    configuration.recording = .record(folder: folder.path)
    let recorder = try TinEye(.apiKey("test-key"), baseURL: double.url + "/rest", configuration: configuration)
    _ = try await recorder.search(Self.image)
    recorder.close()
    configuration.recording = .replay(folder: folder.path)
    let client = try TinEye(.apiKey("test-key"), baseURL: double.url + "/rest", configuration: configuration)
    var other = Self.image
    other.limit = 4
    let error = await thrownError { try await client.search(other) }
    #expect(error?.code == .notFound)
    #expect(error?.message.contains("GET \(double.url)/rest/search/?image_url=") == true)
    #expect(error?.message.contains("limit=4") == true)
    #expect(error?.attempts == 1)
    #expect(error?.mayHaveBeenCharged == false)
    // Each exchange is replayed once.
    _ = try await client.search(Self.image)
    #expect(await thrownError { try await client.search(Self.image) }?.code == .notFound)
    #expect(try double.requests().count == 1)
  }

  @Test func foldersAndFilesThatAreNoRecording() async throws {
    func open(_ recording: ExchangeRecording) throws -> TinEye {
      var configuration = ClientConfiguration()
      configuration.recording = recording
      return try TinEye(.apiKey("test-key"), configuration: configuration)
    }
    #expect(await thrownError { try open(.replay(folder: "/nowhere/at/all")) }?.code == .fileNotReadable)
    #expect(await thrownError { try open(.record(folder: "/nowhere/at/all")) }?.code == .fileNotReadable)
    #expect(await thrownError { try open(.record(folder: "")) }?.code == .invalidArgument)
    let folder = try Folder()
    defer { folder.remove() }
    try folder.write("exchange-TinEye-000001.json", "[1, 2")
    #expect(await thrownError { try open(.replay(folder: folder.path)) }?.code == .fileNotReadable)
  }
}
