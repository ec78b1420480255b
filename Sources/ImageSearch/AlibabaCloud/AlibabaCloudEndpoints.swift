/// Where the requests of a client go.
struct AlibabaCloudEndpoints: Sendable {
  static let openPlatform = "openplatform.aliyuncs.com"

  let service: WebAddress
  let openPlatform: WebAddress
  /// The region's id, which only the upload needs; `nil` when neither the caller nor the endpoint's name tells.
  let region: String?

  /// - Throws: ``ImageSearchError/Code/invalidArgument``, ``ImageSearchError/Code/invalidURL``.
  init(region: String?, endpoint: String?, options: AlibabaCloudOptions) throws {
    let region = region.flatMap { $0.isEmpty ? nil : $0 }
    if let region { try Self.check(region) }
    if let endpoint, !endpoint.isEmpty {
      service = try Self.address(endpoint, field: "endpoint")
    } else {
      service = try Self.address(Self.host(of: region, options), field: "endpoint")
    }
    self.region = region ?? Self.region(ofHost: service.host)
    if let platform = options.openPlatformEndpoint, !platform.isEmpty {
      openPlatform = try Self.address(platform, field: "open platform endpoint")
    } else if service.host.hasSuffix(".aliyuncs.com") {
      openPlatform = try Self.address("\(service.scheme)://\(Self.openPlatform)", field: "open platform endpoint")
    } else {
      openPlatform = service
    }
  }

  private static func host(of region: String?, _ options: AlibabaCloudOptions) throws -> String {
    let names = AlibabaCloudRegion.all.map(\.rawValue).joined(separator: ", ")
    guard let region else {
      throw ImageSearchError(.invalidArgument, "region is missing; it must be one of \(names), or name an endpoint")
    }
    let known = AlibabaCloudRegion(rawValue: region)
    guard AlibabaCloudRegion.all.contains(known) else {
      throw ImageSearchError(
        .invalidArgument, "region is \"\(region)\"; it must be one of \(names), or name an endpoint for it")
    }
    return options.usesVPC ? known.vpcHost : known.publicHost
  }

  private static func check(_ region: String) throws {
    let isName = region.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
    guard isName, region.utf8.count <= 63 else {
      throw ImageSearchError(
        .invalidArgument, "region is \"\(region)\"; it must be up to 63 small letters, digits and hyphens")
    }
  }

  /// A host alone is reached by https; plain http only when asked for by name.
  private static func address(_ text: String, field: String) throws -> WebAddress {
    try WebAddress.base(text.contains("://") ? text : "https://" + text, field: field)
  }

  private static func region(ofHost host: String) -> String? {
    let parts = host.split(separator: ".")
    guard parts.count == 4, parts[0] == "imagesearch" || parts[0] == "imagesearch-vpc", parts[2] == "aliyuncs" else {
      return nil
    }
    return String(parts[1])
  }
}

extension WebAddress {
  /// The header `Host` as it is sent: with the port unless it is the scheme's own.
  var hostHeader: String {
    guard let port, !(scheme == "https" && port == "443"), !(scheme == "http" && port == "80") else { return host }
    return "\(host):\(port)"
  }

  /// The path without the slash at its end, `""` for none.
  var pathPrefix: String { path == "/" ? "" : path }
}
