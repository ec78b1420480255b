import Glibc
@_spi(Command) import ImageSearch

/// The configuration file: JSON, with every name checked.
struct ConfigurationFile {
  var path: FilePath
  /// Whether the file exists.
  var exists = false
  private var root: JSON = .object([])

  /// The settings of a service's section.
  static let serviceMembers: [ServiceName: [String]] = [
    .tineye: common,
    .tmapi: common + ["endpoint"],
    .alibaba: common + ["key-id", "instance", "region", "api-version", "open-platform-url", "prepare-images"],
  ]
  private static let common = [
    "key", "key-file", "key-command", "url", "requests-per-minute", "requests-per-second", "concurrent",
  ]
  static let members = ["index", "max-paid", "proxy", "ca-file", "services"]
  private static let numbers = ["max-paid", "requests-per-minute", "requests-per-second", "concurrent"]
  /// What a number may be; the services have narrower limits.
  static func range(_ name: String) -> ClosedRange<Int> { (name == "max-paid" ? 0 : 1)...1_000_000_000 }
  static func rangeText(_ name: String) -> String {
    "a whole number from \(range(name).lowerBound) to \(grouped(range(name).upperBound))"
  }
  private static let flags = ["prepare-images"]
  private static let limit = 1 << 20

  /// Reads the file that `IMAGESEARCH_CONFIG` names, or the default one, which need not exist.
  static func read() throws -> ConfigurationFile {
    let named = environment("IMAGESEARCH_CONFIG")
    var file = ConfigurationFile(path: named.map { FilePath(bytes: Array($0.utf8)) } ?? Places.configuration)
    do {
      let open = try OpenFile(file.path, O_RDONLY | O_NONBLOCK)
      let status = try open.status()
      guard status.kind == .file else { throw CommandError(.usage, "\(file.path.text) is no file") }
      file.root = try JSON(open.contents(limit: limit))
      file.exists = true
      try file.check(status)
    } catch let error as SystemError {
      guard error.number == ENOENT || error.number == ENOTDIR, named == nil else {
        throw CommandError(.usage, "the configuration \(file.path.text) cannot be read: \(error.reason)")
      }
    } catch let error as ImageSearchError {
      throw CommandError(.usage, "the configuration \(file.path.text), \(error.message)")
    }
    return file
  }

  private func check(_ status: FileStatus) throws {
    guard case .object(let members) = root else { throw refusal("holds no object: it begins with {") }
    try check(members, Self.members, "")
    guard case .object(let services) = root["services"] else {
      if root["services"].isNull { return }
      throw refusal("services is no object")
    }
    try check(services, ServiceName.allCases.filter { $0 != .local }.map(\.rawValue), "services.")
    for service in services {
      guard let name = ServiceName(rawValue: service.name), case .object(let members) = service.value else {
        throw refusal("services.\(service.name) is no object")
      }
      try check(members, Self.serviceMembers[name] ?? [], "services.\(service.name).")
      if members.contains(where: { $0.name == "key" }), status.mode & 0o077 != 0 {
        throw refusal("holds a key and may be read by others; run: chmod 600 \(path.text)")
      }
    }
  }

  private func check(_ members: [JSON.Member], _ known: [String], _ place: String) throws {
    for member in members {
      guard known.contains(member.name) else {
        let nearest =
          CommandSupport.nearest(to: member.name, among: known).map { "; did you mean \(place)\($0)?" } ?? ""
        throw refusal("has no setting \(displayable(place + member.name))\(nearest)")
      }
      let isRight =
        switch member.value {
        case .number: Self.numbers.contains(member.name) && member.value.integer != nil
        case .flag: Self.flags.contains(member.name)
        case .text: !(Self.numbers + Self.flags).contains(member.name)
        case .object: member.name == "services" || place == "services."
        default: false
        }
      guard isRight else { throw refusal("\(place)\(member.name) has a value of the wrong kind") }
      if let number = member.value.integer, !Self.range(member.name).contains(number) {
        throw refusal("\(place)\(member.name) is \(number); it must be \(Self.rangeText(member.name))")
      }
    }
  }

  private func refusal(_ what: String) -> CommandError {
    CommandError(.usage, "the configuration \(path.text) \(what)")
  }

  func text(_ name: String) -> String? { root[name].string }
  func number(_ name: String) -> Int? { root[name].integer }
  func text(_ service: ServiceName, _ name: String) -> String? { root["services"][service.rawValue][name].string }
  func number(_ service: ServiceName, _ name: String) -> Int? { root["services"][service.rawValue][name].integer }
  func flag(_ service: ServiceName, _ name: String) -> Bool? { root["services"][service.rawValue][name].bool }
}
