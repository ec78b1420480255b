/// The answer to `IncreaseInstance`: a job that adds the pictures of a bucket.
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
  /// A job that adds the pictures of a bucket.
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

// MARK: - Decoding

extension AlibabaCloudIncreaseResponse: AlibabaCloudResponse {
  private enum Keys: String, CodingKey { case Data }
  private enum DataKeys: String, CodingKey { case Id, IncrementStatus }

  /// - Throws: `DecodingError` without `Data`.
  public init(from decoder: any Decoder) throws {
    let data = try decoder.container(keyedBy: Keys.self).nestedContainer(keyedBy: DataKeys.self, forKey: .Data)
    id = data.filledText(.Id)
    status = data.filledText(.IncrementStatus)
  }
}

extension AlibabaCloudIncreaseListResponse: AlibabaCloudResponse {
  private enum Keys: String, CodingKey { case Data }
  private enum DataKeys: String, CodingKey { case Increments, PageNumber, PageSize, TotalCount }
  private enum ListKeys: String, CodingKey { case Instance }

  /// - Throws: `DecodingError` without `Data`.
  public init(from decoder: any Decoder) throws {
    let data = try decoder.container(keyedBy: Keys.self).nestedContainer(keyedBy: DataKeys.self, forKey: .Data)
    pageNumber = data.integer(.PageNumber)
    pageSize = data.integer(.PageSize)
    totalCount = data.integer(.TotalCount)
    let list = try? data.nestedContainer(keyedBy: ListKeys.self, forKey: .Increments)
    jobs = list?.list(Job.self, .Instance) ?? []
  }
}

extension AlibabaCloudIncreaseListResponse.Job: Decodable {
  private enum Keys: String, CodingKey {
    case Id, Code, Msg, Status, BucketName, Path, CallbackAddress, ErrorUrl, UtcCreate, UtcModified
  }

  /// Every field may be missing, and a number may be text.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Keys.self)
    id = container.filledText(.Id)
    code = container.filledText(.Code)
    message = container.filledText(.Msg)
    status = container.filledText(.Status)
    bucketName = container.filledText(.BucketName)
    path = container.filledText(.Path)
    callbackAddress = container.filledText(.CallbackAddress)
    errorURL = container.filledText(.ErrorUrl)
    created = container.integer(.UtcCreate)
    modified = container.integer(.UtcModified)
  }
}

extension AlibabaCloudDumpResponse: AlibabaCloudResponse {
  private enum Keys: String, CodingKey { case Data }
  private enum DataKeys: String, CodingKey { case Id, DumpMetaStatus }

  /// - Throws: `DecodingError` without `Data`.
  public init(from decoder: any Decoder) throws {
    let data = try decoder.container(keyedBy: Keys.self).nestedContainer(keyedBy: DataKeys.self, forKey: .Data)
    id = data.filledText(.Id)
    status = data.filledText(.DumpMetaStatus)
  }
}

extension AlibabaCloudDumpListResponse: AlibabaCloudResponse {
  private enum Keys: String, CodingKey { case Data }
  private enum DataKeys: String, CodingKey { case DumpMetaList, PageNumber, PageSize, TotalCount }

  /// - Throws: `DecodingError` without `Data`.
  public init(from decoder: any Decoder) throws {
    let data = try decoder.container(keyedBy: Keys.self).nestedContainer(keyedBy: DataKeys.self, forKey: .Data)
    pageNumber = data.integer(.PageNumber)
    pageSize = data.integer(.PageSize)
    totalCount = data.integer(.TotalCount)
    jobs = data.list(Job.self, .DumpMetaList)
  }
}

extension AlibabaCloudDumpListResponse.Job: Decodable {
  private enum Keys: String, CodingKey { case Id, Code, Msg, Status, MetaUrl, UtcCreate, UtcModified }

  /// Every field may be missing, and a number may be text.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Keys.self)
    id = container.filledText(.Id)
    code = container.filledText(.Code)
    message = container.filledText(.Msg)
    status = container.filledText(.Status)
    metaURL = container.filledText(.MetaUrl)
    created = container.integer(.UtcCreate)
    modified = container.integer(.UtcModified)
  }
}
