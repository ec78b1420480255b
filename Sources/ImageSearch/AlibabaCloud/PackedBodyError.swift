/// What is wrong with a packed body.
public struct PackedBodyError: Error, Sendable, Hashable {
  /// The kind of fault; the raw value is the provider's own code for it (docs/sources/alibaba-image-search.md, section 7), its
  /// spelling kept.
  public struct Reason: RawRepresentable, Sendable, Hashable {
    /// The provider's code.
    public let rawValue: String

    /// - Parameter rawValue: any code.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// No `^` divides keys from values.
    public static let noCaret = Reason(rawValue: "NoCaretSeperator")
    /// Nothing stands before the `^`.
    public static let emptyMeta = Reason(rawValue: "EmptyMeta")
    /// An item is not `key,start,end`, its offsets lie outside, or the values overlap or leave bytes uncovered.
    public static let invalidMetaItem = Reason(rawValue: "InvalidMetaItem")
    /// `pic_list` is missing.
    public static let noImageList = Reason(rawValue: "NoPicList")
    /// `pic_list` is no list of base64 names, or names one twice.
    public static let invalidImageList = Reason(rawValue: "InvalidPicList")
    /// A listed image is not in the body.
    public static let noSpecifiedImage = Reason(rawValue: "NoSpecifiedPic")
    /// An image is not base64.
    public static let invalidImageContent = Reason(rawValue: "InvalidPicContent")
    /// A text is not UTF-8.
    public static let invalidText = Reason(rawValue: "InvalidText")
  }

  /// The kind of fault.
  public let reason: Reason
  /// One sentence that names the key and what is wrong with it.
  public let message: String

  init(_ reason: Reason, _ message: String) {
    self.reason = reason
    self.message = message
  }
}

extension PackedBodyError: CustomStringConvertible {
  /// `InvalidMetaItem: item 2, "cat_id,x,38", has the start "x", which is no offset`.
  public var description: String { "\(reason.rawValue): \(message)" }
}
