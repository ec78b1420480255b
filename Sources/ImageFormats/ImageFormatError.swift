/// Why the header of an image could not be read. The layers above translate the kind into their own terms and keep the words,
/// so that one file gives one error everywhere.
package struct ImageFormatError: Error, Sendable, Hashable {
  /// What is wrong.
  package enum Kind: Sendable, Hashable {
    /// There are no bytes at all.
    case empty
    /// The bytes are no image of a kind that is known by name.
    case notAnImage
    /// An image of a format, or of a kind of a format, that is not read here.
    case unsupported
    /// The bytes end before the header does.
    case truncated
    /// The header contradicts itself or its format.
    case corrupt
  }

  package let kind: Kind
  /// One sentence in English; nothing of the file itself is quoted.
  package let message: String

  package init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }
}
