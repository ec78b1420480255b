import COpenSSL
import Synchronization

/// A key, token or password. It is kept in memory of its own, which is excluded from swap and core dumps if the system
/// allows it, and is overwritten and freed when the secret is wiped or released. It never appears in a description.
///
/// Not overwritten are the text that the caller made the secret from, and copies that exist during a request: Swift
/// strings of headers and URLs, buffers of libcurl and TLS. They are freed, but the allocator may retain their
/// contents.
package final class Secret: Sendable {
  private let memory: Mutex<Locked>

  package convenience init(_ text: String) {
    var bytes = Array(text.utf8)
    defer { Self.overwrite(&bytes) }
    self.init(bytes: bytes)
  }

  package init(bytes: [UInt8]) { memory = Mutex(Locked(bytes)) }

  deinit { wipe() }

  /// Returns an independent copy: a client wipes its copy on close, and the caller can open the next client with the
  /// original.
  package func copy() -> Secret {
    var bytes = memory.withLock { Array($0.bytes) }
    defer { Self.overwrite(&bytes) }
    return Secret(bytes: bytes)
  }

  /// Zeroes that no optimisation leaves out.
  package static func overwrite(_ bytes: inout [UInt8]) {
    bytes.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) }
  }

  package var count: Int { memory.withLock { $0.bytes.count } }

  package func withUnsafeBytes(_ body: (UnsafeRawBufferPointer) -> Void) {
    memory.withLock { body($0.bytes) }
  }

  /// The text, for a header or a query; `""` after ``wipe()``.
  package var text: String { memory.withLock { String(decoding: $0.bytes, as: UTF8.self) } }

  /// Overwrites the memory; the secret is empty from then on.
  package func wipe() { memory.withLock { $0.release() } }

  /// Pages that contain nothing else.
  private struct Locked: ~Copyable {
    private var pages: UnsafeMutableRawBufferPointer?
    private var count = 0

    init(_ source: [UInt8]) {
      self.init(count: source.count)
      guard let pages else { return }
      source.withUnsafeBytes { pages.copyMemory(from: $0) }
    }

    private init(count wanted: Int) {
      guard wanted > 0 else { return }
      // If no page can be allocated, the secret is empty, and the provider reports it.
      guard let pages = Platform.allocatePrivatePages(wanted) else { return }
      self.pages = pages
      count = wanted
    }

    deinit {
      guard let pages else { return }
      OPENSSL_cleanse(pages.baseAddress, pages.count)
      Platform.freePages(pages)
    }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: pages?.baseAddress, count: count) }

    mutating func release() { self = Locked([]) }
  }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "[secret]" }
  package var debugDescription: String { "[secret]" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
