#if !LocalIndex
  /// The index of the user's own images, which a build without the package trait `LocalIndex` leaves out.
  @available(
    *, unavailable,
    message: """
      LocalIndex needs the package trait of that name: write .package(url: ..., traits: ["LocalIndex"]) in your manifest, or \
      build with --traits LocalIndex
      """
  )
  public final class LocalIndex {
    /// See the class.
    public init(path: String) throws {}
  }
#endif
