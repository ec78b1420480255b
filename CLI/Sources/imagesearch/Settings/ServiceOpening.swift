import Glibc
@_spi(Command) import ImageIndex
@_spi(Command) import ImageSearch

/// Opens services with the settings.
struct ServiceOpening {
  let settings: Settings
  let keys: KeyFinder
  /// Maximum number of paid calls of a client; `nil` for no cap.
  var maximumPaid: Int?

  init(_ settings: Settings, keyCommand: String?, maximumPaid: Int? = nil) {
    self.settings = settings
    keys = KeyFinder(settings: settings, command: keyCommand)
    self.maximumPaid = maximumPaid
  }

  /// Opens a service on the web.
  func open(_ service: ServiceName) throws -> any SearchService {
    let configuration = try configuration(service)
    let url = settings.value(service, "url")?.text
    switch service {
    case .local: throw CommandError(.usage, "the local index is opened by its path")
    case .tineye:
      let key = try keys.key(service).first
      return try TinEye(.apiKey(key), baseURL: url ?? TinEye.defaultBaseURL, configuration: configuration)
    case .tmapi:
      let key = try keys.key(service).first
      return try TMAPI(
        .token(key), baseURL: url ?? TMAPI.defaultBaseURL, endpoint: try tmapiEndpoint(), configuration: configuration)
    case .alibaba: return try alibaba(url, configuration)
    }
  }

  /// Opens the local index.
  ///
  /// - Parameter writes: whether it is created if it is missing, and written to.
  func openIndex(_ option: String?, writes: Bool, mustExist: Bool = false) throws -> LocalIndex {
    let (path, source) = settings.index(option)
    if path.bytes.isEmpty { throw CommandError(.usage, "\(source) is empty; name the folder of an index") }
    return try openIndex(path.absolute, writes: writes, mustExist: mustExist)
  }

  /// - Parameter remedy: advice for the error when its folder cannot be created.
  func openIndex(
    _ path: FilePath, writes: Bool, mustExist: Bool = false, remedy: String = "name another place: --index FOLDER"
  ) throws -> LocalIndex {
    guard let text = path.utf8 else { throw CommandError(.usage, "the path of the index, \(path.text), is not UTF-8") }
    if !writes || mustExist {
      do {
        guard try FileStatus.of(path).kind == .folder else {
          throw CommandError(.index, "\(displayable(text)) is no index: it is a file")
        }
        _ = try FileStatus.of(path.appending("index.sqlite"))
      } catch let error as SystemError {
        throw CommandError(
          .index,
          "there is no index at \(displayable(text))\(error.number == ENOENT ? "" : " (\(error.reason))"); make one: imagesearch index add FOLDER, or name another: --index"
        )
      }
    }
    var configuration = try LocalIndexConfiguration(web: try self.configuration(.local))
    configuration.createIfMissing = writes && !mustExist
    configuration.readOnly = !writes
    if writes, !mustExist {
      do { try makeFolder(path.parent) } catch {
        throw CommandError(.index, "\(displayable(error.what)) cannot be made: \(error.reason); \(remedy)")
      }
    }
    return try LocalIndex(path: text, configuration: configuration)
  }

  private func configuration(_ service: ServiceName) throws -> ClientConfiguration {
    var configuration = ClientConfiguration()
    configuration.maximumPaidCalls = maximumPaid
    if let proxy = settings.file.text("proxy") { configuration.transport.proxy = proxy }
    if let file = settings.file.text("ca-file") {
      configuration.transport.certificateAuthorityFile = expandingHome(file)
    }
    guard service != .local else { return configuration }
    configuration.limits = try limits(service)
    return configuration
  }

  /// The limits of a service; `nil` if the settings have none.
  func limits(_ service: ServiceName) throws -> RequestLimits? {
    let perMinute = try settings.number(service, "requests-per-minute")
    let perSecond = try settings.number(service, "requests-per-second")
    let concurrent = try settings.number(service, "concurrent")
    guard perMinute != nil || perSecond != nil || concurrent != nil else { return nil }
    let usual = Self.usualLimits(service)
    return RequestLimits(
      concurrent: concurrent ?? usual.concurrent,
      perMinute: perMinute ?? (perSecond == nil ? usual.perMinute : nil),
      perSecond: perSecond ?? (perMinute == nil ? usual.perSecond : nil))
  }

  /// The default limits of a service.
  static func usualLimits(_ service: ServiceName) -> RequestLimits {
    switch service {
    case .local: RequestLimits(concurrent: max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    case .tineye: TinEye.defaultLimits
    case .alibaba: AlibabaCloud.defaultSearchLimits
    case .tmapi: TMAPI.defaultLimits
    }
  }

  /// Number of concurrent searches.
  func concurrency(_ service: ServiceName) throws -> Int {
    try settings.number(service, "concurrent") ?? Self.usualLimits(service).concurrent
  }

  private func tmapiEndpoint() throws -> TMAPISearchRequest.Endpoint {
    guard let named = settings.value(.tmapi, "endpoint") else { return .search }
    guard let endpoint = TMAPISearchRequest.Endpoint(rawValue: named.text) else {
      let known = TMAPISearchRequest.Endpoint.allCases.map(\.rawValue).joined(separator: ", ")
      throw CommandError(
        .usage, "the endpoint of tmapi is \(displayable(named.text)) (\(named.source)); it must be one of \(known)")
    }
    return endpoint
  }

  private func alibaba(_ url: String?, _ configuration: ClientConfiguration) throws -> AlibabaCloud {
    let service = ServiceName.alibaba
    guard let instance = settings.value(service, "instance")?.text else {
      throw CommandError(
        .usage,
        "the instance of alibaba is not named: set \(Settings.variable(service, "instance")) or services.alibaba.instance in "
          + settings.file.path.text)
    }
    var options = AlibabaCloud.Options()
    options.endpoint = url
    options.openPlatformEndpoint = settings.value(service, "open-platform-url")?.text
    options.preparesImages = settings.file.flag(service, "prepare-images") ?? true
    if let named = settings.value(service, "api-version") {
      guard let version = AlibabaCloud.Version(rawValue: named.text) else {
        let known = AlibabaCloud.Version.allCases.map(\.rawValue).joined(separator: ", ")
        throw CommandError(
          .usage, "the api-version of alibaba is \(displayable(named.text)); it must be one of \(known)")
      }
      options.apiVersion = version
    }
    let key = try keys.key(service)
    guard key.lines.count >= 2 else {
      throw CommandError(
        .account, "the key of alibaba needs two lines, the access key's id and its secret (\(key.source))")
    }
    return try AlibabaCloud(
      AlibabaCloudCredentials(
        accessKeyID: key.lines[0], accessKeySecret: key.lines[1],
        securityToken: key.lines.count > 2 ? key.lines[2] : nil),
      instance: instance, region: settings.value(service, "region")?.text, options: options,
      configuration: configuration)
  }
}
