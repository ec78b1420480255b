import Glibc

/// The key of a service and its source. It is never in an argument, and never shown.
struct FoundKey {
  /// One line per part: Alibaba Cloud has an id, a secret and possibly a token.
  var lines: [String]
  var source: String

  var first: String { lines.first ?? "" }
}

/// Finds keys in this order: `--key-command`, the environment, a key file or a command of the configuration, the
/// configuration itself.
struct KeyFinder {
  let settings: Settings
  /// From the command line, for all given services.
  let command: String?

  /// The environment variables of a key, the same as those of the providers' own tools.
  static func variables(_ service: ServiceName) -> [String] {
    switch service {
    case .local: []
    case .tineye: ["TINEYE_API_KEY"]
    case .tmapi: ["TMAPI_API_TOKEN"]
    case .alibaba: ["ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET"]
    }
  }

  /// - Throws: ``CommandError`` that says where a key can be set.
  func key(_ service: ServiceName) throws -> FoundKey {
    guard let key = try find(service) else {
      let variables = Self.variables(service).joined(separator: " and ")
      throw CommandError(
        .account,
        "there is no key for \(service.rawValue): set \(variables), name a file of mode 0600 as services.\(service.rawValue).key-file in "
          + "\(settings.file.path.text), or give --key-command")
    }
    return key
  }

  /// The source of the key, without reading it; `nil` if there is none.
  func source(_ service: ServiceName) -> String? {
    if command != nil { return "--key-command" }
    if let variables = fromEnvironment(service) { return variables.source }
    if let file = settings.value(service, "key-file") { return "key file \(displayable(file.text))" }
    if settings.value(service, "key-command") != nil { return "key command of the configuration" }
    return settings.file.text(service, "key") == nil ? nil : "configuration"
  }

  private func find(_ service: ServiceName) throws -> FoundKey? {
    if let command { return try run(command, service, "--key-command") }
    if let found = fromEnvironment(service) { return found }
    if let file = settings.value(service, "key-file") { return try read(expandingHome(file.text)) }
    if let command = settings.value(service, "key-command") { return try run(command.text, service, "key-command") }
    guard let key = settings.file.text(service, "key") else { return nil }
    let id = service == .alibaba ? settings.value(service, "key-id").map { [$0.text] } ?? [] : []
    return FoundKey(lines: id + [key], source: "configuration")
  }

  private func fromEnvironment(_ service: ServiceName) -> FoundKey? {
    let names = Self.variables(service)
    let values = names.compactMap { environment($0) }
    guard !names.isEmpty, values.count == names.count else { return nil }
    let token = service == .alibaba ? environment("ALIBABA_CLOUD_SECURITY_TOKEN").map { [$0] } ?? [] : []
    return FoundKey(lines: values + token, source: names.joined(separator: ", "))
  }

  /// Refuses a file that others may read, as ssh does.
  private func read(_ name: String) throws -> FoundKey {
    let path = FilePath(argument: name)
    do {
      let file = try OpenFile(path, O_RDONLY | O_NONBLOCK)
      let status = try file.status()
      guard status.kind == .file else { throw CommandError(.account, "the key file \(path.text) is no file") }
      guard status.mode & 0o077 == 0 else {
        throw CommandError(.account, "the key file \(path.text) may be read by others; run: chmod 600 \(path.text)")
      }
      return try Self.key(in: file.contents(limit: 65536), source: "key file \(path.text)")
    } catch let error as SystemError {
      throw CommandError(.account, "the key file \(path.text) cannot be read: \(error.reason)")
    }
  }

  private func run(_ command: String, _ service: ServiceName, _ source: String) throws -> FoundKey {
    do {
      let output = try runShell(command, variables: ["IMAGESEARCH_SERVICE=\(service.rawValue)"], limit: 65536)
      guard output.status == 0 else {
        throw CommandError(.account, "the key command of \(service.rawValue) failed with status \(output.status)")
      }
      return try Self.key(in: output.bytes, source: source)
    } catch let error as SystemError {
      throw CommandError(.account, "the key command of \(service.rawValue) cannot be run: \(error.reason)")
    }
  }

  private static func key(in bytes: [UInt8], source: String) throws -> FoundKey {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw CommandError(.account, "the \(source) holds no text")
    }
    let lines = text.split(whereSeparator: \.isNewline).map { line in
      String(line.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }.filter { !$0.isEmpty }
    guard !lines.isEmpty else { throw CommandError(.account, "the \(source) is empty") }
    return FoundKey(lines: lines, source: source)
  }
}
