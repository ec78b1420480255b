/// The bytes of an encoded image, owned or borrowed: a blocking call from C sends what the caller holds without a copy.
package final class ImageBytes: Sendable {
  private let owned: [UInt8]
  // Read only, and the borrower's call does not return while anybody here still reads it.
  private nonisolated(unsafe) let borrowed: UnsafeRawBufferPointer?

  package init(_ bytes: [UInt8]) {
    owned = bytes
    borrowed = nil
  }

  package init(borrowing bytes: UnsafeRawBufferPointer) {
    owned = []
    borrowed = bytes
  }

  package var count: Int { borrowed?.count ?? owned.count }

  package func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    if let borrowed { return try body(borrowed) }
    return try owned.withUnsafeBytes(body)
  }
}
