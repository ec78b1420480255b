import FoundationEssentials
import Glibc

/// One HTTP exchange over a separate socket. Not our client, because a test's control calls must not depend on the tested code.
enum PlainHTTP {
  /// - Returns: The body of a response with status 200.
  /// - Throws: `DoubleError` without a connection, or with the response's text for any other status.
  static func exchange(port: UInt16, method: String, path: String, body: String = "") throws -> Data {
    let connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard connection >= 0 else { throw DoubleError("no socket: errno \(errno)") }
    defer { _ = close(connection) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    let connected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(connection, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard connected == 0 else { throw DoubleError("no connection to port \(port): errno \(errno)") }
    let head =
      "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n"
      + "Content-Length: \(body.utf8.count)\r\n\r\n"
    try send(Array((head + body).utf8), to: connection)
    return try content(of: receive(from: connection))
  }

  private static func send(_ bytes: [UInt8], to connection: Int32) throws {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { throw DoubleError("cannot send: errno \(errno)") }
      sent += count
    }
  }

  private static func receive(from connection: Int32) -> [UInt8] {
    var received: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = recv(connection, &buffer, buffer.count, 0)
      if count < 0 && errno == EINTR { continue }
      if count <= 0 { return received }
      received += buffer[..<count]
    }
  }

  private static func content(of answer: [UInt8]) throws -> Data {
    let end = Array("\r\n\r\n".utf8)
    guard let head = answer.indices.dropLast(3).first(where: { answer[$0..<($0 + 4)].elementsEqual(end) }) else {
      throw DoubleError("the double closed without an answer")
    }
    let body = Data(answer[(head + 4)...])
    guard String(decoding: answer.prefix(12), as: UTF8.self) == "HTTP/1.1 200" else {
      throw DoubleError(String(decoding: body, as: UTF8.self))
    }
    return body
  }
}
