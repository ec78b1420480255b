import ArgumentParser
@_spi(Command) import ImageSearch

/// A service by its name on the command line.
enum ServiceName: String, CaseIterable, Hashable {
  case local, tineye, alibaba, tmapi

  /// Whether searches cost money, so that the service is used only if it is named on the command line.
  var isPaid: Bool { self != .local }

  /// What the service searches.
  var title: String {
    switch self {
    case .local: "your own images"
    case .tineye: "the web"
    case .alibaba: "your instance in Alibaba Cloud"
    case .tmapi: "the 1688 catalogue"
    }
  }

  /// The provider's name, as on the bill.
  var owner: String {
    switch self {
    case .local: "your index"
    case .tineye: "TinEye"
    case .alibaba: "Alibaba Cloud"
    case .tmapi: "TMAPI"
    }
  }

  /// Reads a list such as `local,tineye`.
  static func list(_ argument: String) throws -> [ServiceName] {
    let names = argument.split(separator: ",").map(String.init)
    guard !names.isEmpty else { throw CommandError(.usage, "--in names no service; there are \(all)") }
    return try names.map { name in
      let name = name.filter { $0 != " " }.lowercased()
      if let service = ServiceName(rawValue: name) { return service }
      let known = allCases.map(\.rawValue)
      let nearest = CommandSupport.nearest(to: name, among: known).map { "; did you mean \($0)?" } ?? ""
      throw CommandError(.usage, "there is no service \(displayable(name))\(nearest) (there are \(all))")
    }
  }

  private static var all: String { allCases.map(\.rawValue).joined(separator: ", ") }
}

/// Services in the order given, each once.
struct ServiceList: ExpressibleByArgument {
  var argument: String

  init?(argument: String) { self.argument = argument }

  static var allValueStrings: [String] { ServiceName.allCases.map(\.rawValue) }

  static func services(_ lists: [ServiceList]) throws -> [ServiceName] {
    var services: [ServiceName] = []
    for list in lists {
      for service in try ServiceName.list(list.argument) where !services.contains(service) { services.append(service) }
    }
    return services
  }
}
