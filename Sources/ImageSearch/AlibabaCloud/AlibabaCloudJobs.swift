/// The answer to `IncreaseInstance`: a job that adds the images of a bucket.
public struct AlibabaCloudIncreaseResponse: Sendable {
  /// The common beginning.
  public var answer = AlibabaCloudAnswer()
  /// The job's id.
  public var id: String?
  /// `PROCESSING`, `FAIL` or `SUCCESS`.
  public var status: String?
}

/// The answer to `IncreaseList`.
public struct AlibabaCloudIncreaseListResponse: Sendable {
  /// A job that adds the images of a bucket.
  public struct Job: Sendable, Hashable {
    /// The job's id.
    public var id: String?
    /// The error's code, if it failed.
    public var code: String?
    /// The error's text, if it failed.
    public var message: String?
    /// `PROCESSING`, `FAIL` or `SUCCESS`.
    public var status: String?
    /// The bucket.
    public var bucketName: String?
    /// The folder in it.
    public var path: String?
    /// Where the service calls when it is done.
    public var callbackAddress: String?
    /// Where the list of failures can be fetched.
    public var errorURL: String?
    /// When it began, in milliseconds since 1970.
    public var created: Int?
    /// When it last changed, in milliseconds since 1970.
    public var modified: Int?
  }

  /// The common beginning.
  public var answer = AlibabaCloudAnswer()
  /// The jobs of this page.
  public var jobs: [Job]
  /// The page, from 1.
  public var pageNumber: Int?
  /// Jobs a page.
  public var pageSize: Int?
  /// Jobs in all.
  public var totalCount: Int?
}

/// The answer to `DumpMeta`: a job that writes down what is in the instance.
public struct AlibabaCloudDumpResponse: Sendable {
  /// The common beginning.
  public var answer = AlibabaCloudAnswer()
  /// The job's id.
  public var id: String?
  /// `PROCESSING`, `FAIL` or `SUCCESS`.
  public var status: String?
}

/// The answer to `DumpMetaList`.
public struct AlibabaCloudDumpListResponse: Sendable {
  /// A job that writes down what is in the instance.
  public struct Job: Sendable, Hashable {
    /// The job's id.
    public var id: String?
    /// The error's code, if it failed.
    public var code: String?
    /// The error's text, if it failed.
    public var message: String?
    /// `PROCESSING`, `FAIL` or `SUCCESS`.
    public var status: String?
    /// Where the result can be fetched for two hours.
    public var metaURL: String?
    /// When it began, in milliseconds since 1970.
    public var created: Int?
    /// When it last changed, in milliseconds since 1970.
    public var modified: Int?
  }

  /// The common beginning.
  public var answer = AlibabaCloudAnswer()
  /// The jobs of this page.
  public var jobs: [Job]
  /// The page, from 1.
  public var pageNumber: Int?
  /// Jobs a page.
  public var pageSize: Int?
  /// Jobs in all.
  public var totalCount: Int?
}

// MARK: - Reading

extension AlibabaCloudIncreaseResponse: AlibabaCloudResponse {
  /// `nil` without `Data`.
  init?(_ json: JSONValue) {
    guard let data = json.object("Data") else { return nil }
    id = data.filledText("Id")
    status = data.filledText("IncrementStatus")
  }
}

extension AlibabaCloudIncreaseListResponse: AlibabaCloudResponse {
  /// `nil` without `Data`.
  init?(_ json: JSONValue) {
    guard let data = json.object("Data") else { return nil }
    pageNumber = data.integer("PageNumber")
    pageSize = data.integer("PageSize")
    totalCount = data.integer("TotalCount")
    jobs = data.object("Increments")?.objects("Instance", Job.init) ?? []
  }
}

extension AlibabaCloudIncreaseListResponse.Job {
  /// Every field may be missing, and a number may be text.
  init(_ json: JSONValue) {
    id = json.filledText("Id")
    code = json.filledText("Code")
    message = json.filledText("Msg")
    status = json.filledText("Status")
    bucketName = json.filledText("BucketName")
    path = json.filledText("Path")
    callbackAddress = json.filledText("CallbackAddress")
    errorURL = json.filledText("ErrorUrl")
    created = json.integer("UtcCreate")
    modified = json.integer("UtcModified")
  }
}

extension AlibabaCloudDumpResponse: AlibabaCloudResponse {
  /// `nil` without `Data`.
  init?(_ json: JSONValue) {
    guard let data = json.object("Data") else { return nil }
    id = data.filledText("Id")
    status = data.filledText("DumpMetaStatus")
  }
}

extension AlibabaCloudDumpListResponse: AlibabaCloudResponse {
  /// `nil` without `Data`.
  init?(_ json: JSONValue) {
    guard let data = json.object("Data") else { return nil }
    pageNumber = data.integer("PageNumber")
    pageSize = data.integer("PageSize")
    totalCount = data.integer("TotalCount")
    jobs = data.objects("DumpMetaList", Job.init)
  }
}

extension AlibabaCloudDumpListResponse.Job {
  /// Every field may be missing, and a number may be text.
  init(_ json: JSONValue) {
    id = json.filledText("Id")
    code = json.filledText("Code")
    message = json.filledText("Msg")
    status = json.filledText("Status")
    metaURL = json.filledText("MetaUrl")
    created = json.integer("UtcCreate")
    modified = json.integer("UtcModified")
  }
}
