import Glibc

/// The effective settings, with their sources: the command line takes precedence over the environment, and that over
/// the configuration file.
struct Settings {
  let file: ConfigurationFile

  init() throws { file = try .read() }

  /// A value and its source.
  struct Value {
    var text: String
    var source: String
  }

  func index(_ option: String?) -> (path: FilePath, source: String) {
    if let option { return (FilePath(argument: option), "--index") }
    if let path = environment("IMAGESEARCH_INDEX") {
      return (FilePath(argument: expandingHome(path)), "IMAGESEARCH_INDEX")
    }
    if let path = file.text("index") { return (FilePath(argument: expandingHome(path)), "configuration") }
    return (Places.defaultIndex, "default")
  }

  func maximumPaid(_ option: Int?) -> Int { option ?? file.number("max-paid") ?? 100 }

  /// A setting of a service: from its variable, `IMAGESEARCH_TINEYE_URL` for `url`, or from the file.
  func value(_ service: ServiceName, _ name: String) -> Value? {
    let variable = Self.variable(service, name)
    if let text = environment(variable) { return Value(text: text, source: variable) }
    return file.text(service, name).map { Value(text: $0, source: "configuration") }
  }

  func number(_ service: ServiceName, _ name: String) throws -> Int? {
    let variable = Self.variable(service, name)
    guard let text = environment(variable) else { return file.number(service, name) }
    guard let number = Int(text), ConfigurationFile.range(name).contains(number) else {
      throw CommandError(.usage, "\(variable) is \(displayable(text)); it must be \(ConfigurationFile.rangeText(name))")
    }
    return number
  }

  static func variable(_ service: ServiceName, _ name: String) -> String {
    "IMAGESEARCH_\(service.rawValue)_\(name)".uppercased().map { $0 == "-" ? "_" : String($0) }.joined()
  }
}
