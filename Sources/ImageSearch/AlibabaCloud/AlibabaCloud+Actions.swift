/// The actions of 2020-12-14 that the common interface has no words for. Before 2020 they are
/// ``ImageSearchError/Code/unsupported``.
extension AlibabaCloud {
  /// Changes what is stored with an image: `UpdateImage`.
  ///
  /// - Throws: ``ImageSearchError``.
  @discardableResult
  public func updateImage(_ request: AlibabaCloudUpdateRequest, options: CallOptions = .init()) async throws
    -> AlibabaCloudUpdateResponse
  {
    try checked(others) { try request.validate() }
    let action = builder.instanceAction("UpdateImage", query: request.query, form: request.form)
    return try await perform(action, by: others, part: "Code", options: options)
  }

  /// Says whether an image is in the instance: `CheckImageExists`.
  ///
  /// - Throws: ``ImageSearchError``.
  public func checkImageExists(
    productID: String, imageName: String, options: CallOptions = .init()
  ) async throws -> AlibabaCloudExistenceResponse {
    try checked(others) {
      try AlibabaCloudLimits.productID(productID)
      try AlibabaCloudLimits.imageName(imageName)
    }
    let action = builder.instanceAction(
      "CheckImageExists", form: [("ProductId", productID), ("PicName", imageName)])
    return try await perform(action, by: others, part: "Exists", options: options)
  }

  /// Says how alike two images are that need not be in the instance: `CompareSimilarByImage`.
  ///
  /// - Throws: ``ImageSearchError``.
  public func compare(
    _ primary: ImageSource, _ secondary: ImageSource, options: CallOptions = .init()
  ) async throws -> AlibabaCloudComparisonResponse {
    try await others.call("compare", options) { options in
      try require2020("CompareSimilarByImage")
      let first = try await ready(primary, options)
      let second = try await ready(secondary, options)
      let action = builder.instanceAction(
        "CompareSimilarByImage",
        form: [
          ("PrimaryPicContent", try await upload(first.source, options)),
          ("SecondaryPicContent", try await upload(second.source, options)),
        ])
      return try await perform(action, by: others, part: "Score", options: options)
    }
  }

  /// Describes the instance: `Detail`. At most once a second.
  ///
  /// - Throws: ``ImageSearchError``.
  public func detail(options: CallOptions = .init()) async throws -> AlibabaCloudInstanceResponse {
    try await perform(builder.instanceAction("Detail"), by: details, part: "Instance", options: options)
  }

  /// Starts a job that adds the images of a bucket: `IncreaseInstance`. A lost answer is asked for again and may start a
  /// second job, which adds the same images once more and changes nothing.
  ///
  /// - Parameters:
  ///   - bucketName: the bucket, in the instance's region.
  ///   - path: the folder with `increment.meta`; begins with `/` and does not end with it.
  ///   - callbackAddress: where the service calls when it is done.
  /// - Throws: ``ImageSearchError``.
  public func increaseInstance(
    bucketName: String, path: String, callbackAddress: String? = nil, options: CallOptions = .init()
  ) async throws -> AlibabaCloudIncreaseResponse {
    try checked(others) {
      try Validation.length("BucketName", bucketName, 1...256)
      try Validation.length("Path", path, 1...1024)
      guard path.hasPrefix("/"), !path.hasSuffix("/") || path == "/" else {
        throw ImageSearchError(.invalidArgument, "Path is \"\(path)\"; it must begin with / and not end with it")
      }
      if let callbackAddress { try WebAddress.check(callbackAddress, field: "CallbackAddress") }
    }
    var query = [(name: "BucketName", value: bucketName), (name: "Path", value: path)]
    if let callbackAddress { query.append(("CallbackAddress", callbackAddress)) }
    return try await perform(
      builder.instanceAction("IncreaseInstance", query: query), by: others, part: "Data", options: options)
  }

  /// Lists the jobs that add the images of a bucket: `IncreaseList`.
  ///
  /// - Parameters:
  ///   - pageNumber: the page, from 1.
  ///   - pageSize: jobs a page, from 1; `nil` takes the service's default, 10.
  /// - Throws: ``ImageSearchError``.
  public func increaseList(
    bucketName: String? = nil, path: String? = nil, id: String? = nil, pageNumber: Int? = nil, pageSize: Int? = nil,
    options: CallOptions = .init()
  ) async throws -> AlibabaCloudIncreaseListResponse {
    try checked(others) {
      if let pageNumber { try Validation.range("PageNumber", pageNumber, 1...Int(Int32.max)) }
      if let pageSize { try Validation.range("PageSize", pageSize, 1...Int(Int32.max)) }
    }
    var query: [(name: String, value: String)] = []
    if let bucketName { query.append(("BucketName", bucketName)) }
    if let path { query.append(("Path", path)) }
    query += Self.page(id, pageNumber, pageSize)
    return try await perform(
      builder.instanceAction("IncreaseList", query: query), by: others, part: "Data", options: options)
  }

  /// Starts a job that writes down what is in the instance: `DumpMeta`. A lost answer is asked for again and may start a second
  /// one.
  ///
  /// - Throws: ``ImageSearchError``.
  public func dumpMeta(options: CallOptions = .init()) async throws -> AlibabaCloudDumpResponse {
    try await perform(builder.instanceAction("DumpMeta"), by: others, part: "Data", options: options)
  }

  /// Lists the jobs that write down what is in the instance: `DumpMetaList`.
  ///
  /// - Parameters:
  ///   - pageNumber: the page, 1–30.
  ///   - pageSize: jobs a page, 1–30; `nil` takes the service's default, 10.
  /// - Throws: ``ImageSearchError``.
  public func dumpMetaList(
    id: String? = nil, pageNumber: Int? = nil, pageSize: Int? = nil, options: CallOptions = .init()
  ) async throws -> AlibabaCloudDumpListResponse {
    try checked(others) {
      if let pageNumber { try Validation.range("PageNumber", pageNumber, 1...30) }
      if let pageSize { try Validation.range("PageSize", pageSize, 1...30) }
    }
    let query = Self.page(id, pageNumber, pageSize)
    return try await perform(
      builder.instanceAction("DumpMetaList", query: query), by: others, part: "Data", options: options)
  }

  private static func page(_ id: String?, _ number: Int?, _ size: Int?) -> [(name: String, value: String)] {
    var query: [(name: String, value: String)] = []
    if let id { query.append(("Id", id)) }
    if let number { query.append(("PageNumber", String(number))) }
    if let size { query.append(("PageSize", String(size))) }
    return query
  }

  private func checked(_ caller: ServiceCaller, _ check: () throws -> Void) throws {
    do { try check() } catch { throw caller.owned(error) }
  }

  private func require2020(_ what: String) throws {
    guard apiVersion == .v20201214 else {
      throw ImageSearchError(.unsupported, "the API version \(apiVersion.rawValue) has no \(what)")
    }
  }
}
