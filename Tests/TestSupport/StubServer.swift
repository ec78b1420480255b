import Glibc

/// A loopback server that answers each request with the result of a closure, one request per connection. Bodies are read
/// and discarded.
package final class StubServer: Sendable {
  package let port: UInt16
  private let listener: Int32

  /// - Parameter answer: the whole response for a request's target and head.
  /// - Throws: `DoubleError`.
  package init(_ answer: @escaping @Sendable (_ target: String, _ head: String) -> String) throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isListening = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, length) == 0 && listen(listener, 64) == 0 && getsockname(listener, $0, &length) == 0
      }
    }
    guard isListening else { throw DoubleError("no listener: errno \(errno)") }
    port = UInt16(bigEndian: address.sin_port)
    self.listener = listener
    var thread = pthread_t()
    let loop = Unmanaged.passRetained(Loop(listener, answer))
    let result = pthread_create(
      &thread, nil,
      { context in
        if let context { Unmanaged<Loop>.fromOpaque(context).takeRetainedValue().run() }
        return nil
      }, loop.toOpaque())
    guard result == 0 else { throw DoubleError("no thread") }
    pthread_detach(thread)
  }

  deinit { shutdown(listener, Int32(SHUT_RDWR)) }

  private final class Loop: Sendable {
    private let listener: Int32
    private let answer: @Sendable (String, String) -> String

    init(_ listener: Int32, _ answer: @escaping @Sendable (String, String) -> String) {
      self.listener = listener
      self.answer = answer
    }

    func run() {
      while true {
        let connection = accept(listener, nil, nil)
        guard connection >= 0 else { break }
        serve(connection)
        close(connection)
      }
      close(listener)
    }

    private func serve(_ connection: Int32) {
      var head: [UInt8] = []
      var buffer = [UInt8](repeating: 0, count: 8192)
      func receive() -> ArraySlice<UInt8>? {
        let count = recv(connection, &buffer, buffer.count, 0)
        return count > 0 ? buffer[..<count] : nil
      }
      var ending: Range<Int>?
      while ending == nil {
        guard let bytes = receive() else { return }
        head += bytes
        ending = head.firstRange(of: Array("\r\n\r\n".utf8))
      }
      guard let end = ending?.upperBound else { return }
      var bodyCount = head.count - end
      head.removeSubrange(end...)
      let text = String(decoding: head, as: UTF8.self)
      // The upload is read completely; otherwise the response could be lost in a reset.
      let lengths = text.lowercased().split(separator: "\r\n").filter { $0.hasPrefix("content-length:") }
      let expected = lengths.first.flatMap { Int($0.dropFirst(15).filter { $0 != " " }) } ?? 0
      while bodyCount < expected, let bytes = receive() { bodyCount += bytes.count }
      let parts = text.prefix { $0 != "\r\n" }.split(separator: " ")
      let response = Array(answer(parts.count > 1 ? String(parts[1]) : "", text).utf8)
      _ = send(connection, response, response.count, Int32(MSG_NOSIGNAL))
    }
  }
}
