/// The version of this library; `include/imagesearch.h` has the same numbers, which a test checks.
public enum LibraryVersion {
  /// Raised by changes that break callers.
  public static let major = 1
  /// Raised by additions.
  public static let minor = 0
  /// Raised by fixes.
  public static let patch = 0
  /// For instance `"1.0.0"`.
  public static let text = "\(major).\(minor).\(patch)"
}
