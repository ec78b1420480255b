/// The version of this library; `include/imagesearch.h` has the same numbers, held together by a test.
public enum LibraryVersion {
  /// Changes that break callers.
  public static let major = 1
  /// Additions.
  public static let minor = 0
  /// Repairs.
  public static let patch = 0
  /// For instance `"1.0.0"`.
  public static let text = "\(major).\(minor).\(patch)"
}
