/// The actions of 2020-12-14 that the service-independent interface does not have. Before 2020 they are
/// ``ImageSearchError/Code/unsupported``.
extension AlibabaCloud {
  /// Changes what is stored with an image: `UpdateImage`.
  ///
  /// - Throws: ``ImageSearchError``.
  @discardableResult
  public func updateImage(_ request: AlibabaCloudUpdateRequest, options: CallOptions = .init()) async throws
    -> AlibabaCloudUpdateResponse
  {
    try await others.call("update", options) { options in
      try request.validate()
      let action = builder.instanceAction("UpdateImage", query: request.query, form: request.form)
      return try await perform(action, by: others, requiring: "Code", options)
    }
  }

  /// Checks whether an image is in the instance: `CheckImageExists`.
  ///
  /// - Throws: ``ImageSearchError``.
  public func checkImageExists(
    productID: String, imageName: String, options: CallOptions = .init()
  ) async throws -> AlibabaCloudExistenceResponse {
    try await others.call("check", options) { options in
      try AlibabaCloudLimits.productID(productID)
      try AlibabaCloudLimits.imageName(imageName)
      let action = builder.instanceAction(
        "CheckImageExists", form: [("ProductId", productID), ("PicName", imageName)])
      return try await perform(action, by: others, requiring: "Exists", options)
    }
  }

  /// Compares two images, which need not be in the instance: `CompareSimilarByImage`.
  ///
  /// - Throws: ``ImageSearchError``.
  public func compare(
    _ primary: ImageSource, _ secondary: ImageSource, options: CallOptions = .init()
  ) async throws -> AlibabaCloudComparisonResponse {
    try await others.call("compare", options) { options in
      guard self.apiVersion == .v20201214 else {
        throw ImageSearchError(
          .unsupported, "the API version \(apiVersion.rawValue) has no CompareSimilarByImage")
      }
      var (first, second) = (primary, secondary)
      var whole: PixelRect?
      _ = try await prepareImage(&first, region: &whole, options)
      _ = try await prepareImage(&second, region: &whole, options)
      let action = builder.instanceAction(
        "CompareSimilarByImage",
        form: [
          ("PrimaryPicContent", try await upload(first, options)),
          ("SecondaryPicContent", try await upload(second, options)),
        ])
      return try await perform(action, by: others, requiring: "Score", options)
    }
  }

  /// Describes the instance: `Detail`. At most once per second.
  ///
  /// - Throws: ``ImageSearchError``.
  public func detail(options: CallOptions = .init()) async throws -> AlibabaCloudInstanceResponse {
    try await details.call("detail", options) { options in
      try await perform(builder.instanceAction("Detail"), by: details, requiring: "Instance", options)
    }
  }

  // MARK: - Jobs

  /// Starts a job that adds the images of a bucket: `IncreaseInstance`. If the response is lost, the request is
  /// repeated and may start a second job, which adds the same images again and changes nothing.
  ///
  /// - Parameters:
  ///   - bucketName: the bucket, in the instance's region.
  ///   - path: the folder with `increment.meta`; begins with `/` and does not end with it.
  ///   - callbackAddress: the URL that the service calls when the job is done.
  ///   - options: limits of this call.
  /// - Throws: ``ImageSearchError``.
  public func increaseInstance(
    bucketName: String, path: String, callbackAddress: String? = nil, options: CallOptions = .init()
  ) async throws -> AlibabaCloudJobResponse {
    try await job("IncreaseInstance", options) {
      try Validation.length("BucketName", bucketName, 1...256)
      try Validation.length("Path", path, 1...1024)
      guard path.hasPrefix("/"), !path.hasSuffix("/") || path == "/" else {
        throw Validation.refusal("Path", path, "a path that begins with / and does not end with it")
      }
      if let callbackAddress { try WebAddress.check(callbackAddress, field: "CallbackAddress") }
      return [("BucketName", bucketName), ("Path", path), ("CallbackAddress", callbackAddress)]
    }
  }

  /// Lists the jobs that add the images of a bucket: `IncreaseList`.
  ///
  /// - Parameters:
  ///   - pageNumber: the page, from 1.
  ///   - pageSize: jobs per page, from 1; `nil` for the service's default, 10.
  ///   - path: a folder of the bucket; `nil` for all.
  ///   - id: a job; `nil` for all.
  ///   - options: limits of this call.
  ///   - bucketName: a bucket; `nil` for all.
  /// - Throws: ``ImageSearchError``.
  public func increaseList(
    bucketName: String? = nil, path: String? = nil, id: String? = nil, pageNumber: Int? = nil, pageSize: Int? = nil,
    options: CallOptions = .init()
  ) async throws -> AlibabaCloudJobListResponse {
    try await job("IncreaseList", options) {
      if let pageNumber { try Validation.range("PageNumber", pageNumber, 1...Int(Int32.max)) }
      if let pageSize { try Validation.range("PageSize", pageSize, 1...Int(Int32.max)) }
      return [
        ("BucketName", bucketName), ("Path", path), ("Id", id), ("PageNumber", pageNumber.map { String($0) }),
        ("PageSize", pageSize.map { String($0) }),
      ]
    }
  }

  /// Starts a job that exports a list of the instance's images: `DumpMeta`. If the response is lost, the request is
  /// repeated and may start a second job.
  ///
  /// - Throws: ``ImageSearchError``.
  public func dumpMeta(options: CallOptions = .init()) async throws -> AlibabaCloudJobResponse {
    try await job("DumpMeta", options) { [] }
  }

  /// Lists the jobs that export a list of the instance's images: `DumpMetaList`.
  ///
  /// - Parameters:
  ///   - pageNumber: the page, 1–30.
  ///   - pageSize: jobs per page, 1–30; `nil` for the service's default, 10.
  ///   - id: a job; `nil` for all.
  ///   - options: limits of this call.
  /// - Throws: ``ImageSearchError``.
  public func dumpMetaList(
    id: String? = nil, pageNumber: Int? = nil, pageSize: Int? = nil, options: CallOptions = .init()
  ) async throws -> AlibabaCloudJobListResponse {
    try await job("DumpMetaList", options) {
      if let pageNumber { try Validation.range("PageNumber", pageNumber, 1...30) }
      if let pageSize { try Validation.range("PageSize", pageSize, 1...30) }
      return [("Id", id), ("PageNumber", pageNumber.map { String($0) }), ("PageSize", pageSize.map { String($0) })]
    }
  }

  /// - Parameter parameters: checks the arguments and returns those of the query; `nil` values are omitted.
  private func job<Response: AlibabaCloudResponse>(
    _ name: String, _ options: CallOptions, _ parameters: () throws -> [(name: String, value: String?)]
  ) async throws -> Response {
    let query = Result { try parameters() }
    return try await others.call(name, options) { options in
      let pairs = try query.get().compactMap { pair in pair.value.map { (name: pair.name, value: $0) } }
      return try await perform(
        builder.instanceAction(name, query: pairs), by: others, requiring: "Data", options)
    }
  }
}

/// A job of an instance: one that adds the images of a bucket, or one that exports a list of the instance's images.
public struct AlibabaCloudJob: Sendable, Hashable {
  /// The job's id.
  public var id: String?
  /// The error's code, if it failed.
  public var code: String?
  /// The error's text, if it failed.
  public var message: String?
  /// `PROCESSING`, `FAIL` or `SUCCESS`.
  public var status: String?
  /// The bucket; only of jobs that add.
  public var bucketName: String?
  /// The folder in it; only of jobs that add.
  public var path: String?
  /// The URL that the service calls when it is done; only of jobs that add.
  public var callbackAddress: String?
  /// The URL of the list of failures; only of jobs that add.
  public var errorURL: String?
  /// The URL of the result, valid for two hours; only of jobs that export.
  public var metaURL: String?
  /// When the job began, in milliseconds since 1970.
  public var created: Int?
  /// When the job last changed, in milliseconds since 1970.
  public var modified: Int?
}

/// The response to `IncreaseInstance` and `DumpMeta`, which start a job.
public struct AlibabaCloudJobResponse: Sendable {
  /// The fields that all responses have.
  public var envelope = AlibabaCloudEnvelope()
  /// The job's id.
  public var id: String?
  /// `PROCESSING`, `FAIL` or `SUCCESS`.
  public var status: String?
}

/// The response to `IncreaseList` and `DumpMetaList`: a page of jobs.
public struct AlibabaCloudJobListResponse: Sendable {
  /// The fields that all responses have.
  public var envelope = AlibabaCloudEnvelope()
  /// The jobs of this page.
  public var jobs: [AlibabaCloudJob]
  /// The page, from 1.
  public var pageNumber: Int?
  /// Jobs per page.
  public var pageSize: Int?
  /// Total number of jobs.
  public var totalCount: Int?
}

// MARK: - Reading

extension AlibabaCloudJob {
  /// Every field may be missing, and a number may be text.
  init(_ json: JSONValue) {
    id = json["Id"].filledText
    code = json["Code"].filledText
    message = json["Msg"].filledText
    status = json["Status"].filledText
    bucketName = json["BucketName"].filledText
    path = json["Path"].filledText
    callbackAddress = json["CallbackAddress"].filledText
    errorURL = json["ErrorUrl"].filledText
    metaURL = json["MetaUrl"].filledText
    created = json["UtcCreate"].integer
    modified = json["UtcModified"].integer
  }
}

extension AlibabaCloudJobResponse: AlibabaCloudResponse {
  /// `nil` without `Data`.
  init?(_ json: JSONValue) {
    guard let data = json["Data"].object else { return nil }
    id = data["Id"].filledText
    status = data["IncrementStatus"].filledText ?? data["DumpMetaStatus"].filledText
  }
}

extension AlibabaCloudJobListResponse: AlibabaCloudResponse {
  /// `nil` without `Data`.
  init?(_ json: JSONValue) {
    guard let data = json["Data"].object else { return nil }
    pageNumber = data["PageNumber"].integer
    pageSize = data["PageSize"].integer
    totalCount = data["TotalCount"].integer
    let added = data["Increments"]["Instance"]
    jobs = (added.exists ? added : data["DumpMetaList"]).objects(AlibabaCloudJob.init)
  }
}
