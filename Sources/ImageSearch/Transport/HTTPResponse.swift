/// One HTTP answer, the last one when redirects were followed.
public struct HTTPResponse: Sendable {
  /// The status, 100–999.
  public var status: Int
  /// The headers in their order. Names are in lower case.
  public var headers: [(name: String, value: String)]
  /// The body, decoded when it came compressed.
  public var body: [UInt8]

  /// An answer; the names of headers may be spelt in any case.
  public init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
    self.status = status
    self.headers = headers.map { ($0.name.lowercased(), $0.value) }
    self.body = body
  }

  /// The first value of a header.
  ///
  /// - Parameter name: in lower case.
  public func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}
