import ImageSearch
import TestSupport

extension FaultCall {
  static let alibabaKeyID = "STS.keyIdOfTheTests"
  static let alibabaSecret = "aL1baba.sEcret/4Wm9+Rt2=Kp7zX5"
  static let alibabaToken = "securityT0ken/5Yv8+Nb3=Jd1uQ6/eR4oT9"

  static let alibabaCloud: [FaultCall] = [
    alibaba("Ali search", "SearchImageByPic") { client, image in
      _ = try await client.search(SearchRequest(image: .bytes(image)))
    },
    alibaba("Ali grant", "AuthorizeFileUpload") { client, image in
      _ = try await client.search(SearchRequest(image: .bytes(image)))
    },
    upload,
    alibaba("Ali add", "AddImage") { client, image in try await add(client, image) },
    alibaba("Ali delete", "DeleteImage") { client, _ in
      _ = try await client.deleteImage(AlibabaCloudDeleteRequest(productID: "p1", imageName: "a.png"))
    },
    alibaba("Ali detail", "Detail") { client, _ in _ = try await client.quota() },
    alibaba("2019 search", "v2_search", .v20190325) { client, image in
      _ = try await client.search(SearchRequest(image: .bytes(image)))
    },
    alibaba("2018 search", "item_search", .v20180120) { client, image in
      _ = try await client.search(SearchRequest(image: .bytes(image)))
    },
    alibaba("2018 add", "item_add", .v20180120) { client, image in try await add(client, image) },
    alibaba("2018 delete", "item_delete", .v20180120) { client, _ in
      _ = try await client.deleteImage(AlibabaCloudDeleteRequest(productID: "p1"))
    },
  ]

  private static var upload: FaultCall {
    var call = alibaba("Ali upload", "oss_upload") { client, image in
      _ = try await client.search(SearchRequest(image: .bytes(image)))
    }
    call.readsStatusOnly = true
    return call
  }

  private static func add(_ client: AlibabaCloud, _ image: [UInt8]) async throws {
    var request = AlibabaCloudAddRequest(productID: "p1", imageName: "a.png", image: .bytes(image))
    request.categoryID = 3
    _ = try await client.addImage(request)
  }

  /// Searches of an instance with monthly billing are not charged individually, so every call may be repeated.
  private static func alibaba(
    _ name: String, _ kind: String, _ version: AlibabaCloud.Version = .v20201214,
    _ run: @escaping @Sendable (AlibabaCloud, [UInt8]) async throws -> Void
  ) -> FaultCall {
    let settings =
      "{\"keys\": {\"\(alibabaKeyID)\": {\"secret\": \"\(alibabaSecret)\", \"token\": \"\(alibabaToken)\"}}}"
    return FaultCall(
      name: name, double: "alibaba", settings: settings, kind: kind, isPaid: false,
      secrets: [alibabaSecret, alibabaToken]
    ) { double, configuration in
      let credentials = AlibabaCloudCredentials(
        accessKeyID: alibabaKeyID, accessKeySecret: alibabaSecret, securityToken: alibabaToken)
      var options = AlibabaCloud.Options()
      options.endpoint = double.url
      options.apiVersion = version
      let client = try AlibabaCloud(
        credentials, instance: "goodssearch", region: "cn-shanghai", options: options,
        configuration: configuration)
      defer { client.close() }
      try await run(client, Array(double.image("shoes1.png")))
    }
  }
}
