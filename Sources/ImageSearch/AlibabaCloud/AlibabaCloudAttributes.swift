/// Values of one's own that are stored with an image and can be filtered by, under these names in small letters with an
/// underscore: `int_attr=1000 AND str_attr="value1"`.
public struct AlibabaCloudAttributes: Sendable, Hashable {
  /// `IntAttr`.
  public var intAttr: Int?
  /// `IntAttr2`.
  public var intAttr2: Int?
  /// `IntAttr3`, only 2020-12-14.
  public var intAttr3: Int?
  /// `IntAttr4`, only 2020-12-14.
  public var intAttr4: Int?
  /// `StrAttr`, at most 128 characters, none of `\ ¥ $ & %`.
  public var strAttr: String?
  /// `StrAttr2`, as ``strAttr``.
  public var strAttr2: String?
  /// `StrAttr3`, as ``strAttr``; only 2020-12-14.
  public var strAttr3: String?
  /// `StrAttr4`, as ``strAttr``; only 2020-12-14.
  public var strAttr4: String?

  /// No values.
  public init() {}

  /// The values that are there, by the provider's names. The first of a kind has no digit.
  var pairs: [(name: String, value: String)] {
    let integers = [("IntAttr", intAttr), ("IntAttr2", intAttr2), ("IntAttr3", intAttr3), ("IntAttr4", intAttr4)]
    let texts = [("StrAttr", strAttr), ("StrAttr2", strAttr2), ("StrAttr3", strAttr3), ("StrAttr4", strAttr4)]
    return integers.compactMap { name, value in value.map { (name, String($0)) } }
      + texts.compactMap { name, value in value.map { (name, $0) } }
  }

  /// Sets a value by the provider's name.
  ///
  /// - Returns: whether there is such a name.
  mutating func set(_ name: String, _ value: String) throws -> Bool {
    switch name {
    case "IntAttr": intAttr = try AlibabaCloudLimits.integer(name, value)
    case "IntAttr2": intAttr2 = try AlibabaCloudLimits.integer(name, value)
    case "IntAttr3": intAttr3 = try AlibabaCloudLimits.integer(name, value)
    case "IntAttr4": intAttr4 = try AlibabaCloudLimits.integer(name, value)
    case "StrAttr": strAttr = value
    case "StrAttr2": strAttr2 = value
    case "StrAttr3": strAttr3 = value
    case "StrAttr4": strAttr4 = value
    default: return false
    }
    return true
  }

  func validate() throws {
    for (name, value) in pairs where name.hasPrefix("StrAttr") {
      try Validation.length(name, value, 0...128)
      guard !value.unicodeScalars.contains(where: { "\\¥$&%".unicodeScalars.contains($0) }) else {
        throw ImageSearchError(.invalidArgument, "\(name) contains one of \\ ¥ $ & %, which the service does not take")
      }
    }
  }
}
