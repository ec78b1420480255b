/// What a service can do. Every other call throws ``ImageSearchError/Code/unsupported``.
public struct Capabilities: OptionSet, Sendable, Hashable {
  /// The bits, stable across versions; the C header has the same numbers.
  public let rawValue: UInt32

  /// - Parameter rawValue: the bits; unknown ones are kept.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Search by the URL of an image.
  public static let searchByURL = Capabilities(rawValue: 1 << 0)
  /// Search by an image's bytes or file.
  public static let searchByUpload = Capabilities(rawValue: 1 << 1)
  /// Say how many searches are left.
  public static let remainingSearches = Capabilities(rawValue: 1 << 2)
  /// Add images.
  public static let addImages = Capabilities(rawValue: 1 << 3)
  /// Remove images.
  public static let removeImages = Capabilities(rawValue: 1 << 4)
  /// Say how many images are indexed.
  public static let imageCount = Capabilities(rawValue: 1 << 5)
  /// Say what is left of a quota, whatever it counts.
  public static let quota = Capabilities(rawValue: 1 << 6)
}
