import COpenSSL
import Synchronization

/// A key or token. Its memory is wiped when it is closed or released, and it never shows in a description.
package final class Secret: Sendable {
  private let bytes: Mutex<[UInt8]>

  package init(_ text: String) {
    bytes = Mutex(Array(text.utf8))
  }

  package init(bytes: [UInt8]) { self.bytes = Mutex(bytes) }

  deinit { wipe() }

  /// A secret of the same bytes with a life of its own: a client wipes its copy on close, and what the caller opened it with stays
  /// good for the next one.
  package func copy() -> Secret {
    // Every element anew: a shared buffer would be copied by the wipe, and the key left behind in the original.
    bytes.withLock { bytes in Secret(bytes: bytes.map { $0 }) }
  }

  package var count: Int { bytes.withLock { $0.count } }

  package func withUnsafeBytes(_ body: (UnsafeRawBufferPointer) -> Void) {
    bytes.withLock { $0.withUnsafeBytes { body($0) } }
  }

  /// The text, for a header or a query; `""` after ``wipe()``.
  package var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }

  /// Overwrites the memory; the secret is empty from then on.
  package func wipe() {
    bytes.withLock { bytes in
      bytes.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) }
      bytes = []
    }
  }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "[secret]" }
  package var debugDescription: String { "[secret]" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
