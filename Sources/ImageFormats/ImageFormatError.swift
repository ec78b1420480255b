/// Why the header of an image could not be read. The layers above translate the kind and keep the message, so that a
/// file gives the same error everywhere.
package struct ImageFormatError: Error, Sendable, Hashable {
  /// What is wrong.
  package enum Kind: Sendable, Hashable {
    /// There are no bytes at all.
    case empty
    /// The bytes are not an image of any known format.
    case notAnImage
    /// An image of an unsupported format, or of an unsupported variant.
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
