import Glibc

/// Everything here that depends on the operating system.
enum Platform {
  /// The system's message for the last failed call.
  static var lastError: String { String(cString: strerror(errno)) }

  /// Memory for C to read, at least one byte; `nil` when there is none.
  static func allocate(_ count: Int) -> UnsafeMutableRawPointer? { malloc(max(1, count)) }

  static func free(_ memory: UnsafeMutableRawPointer?) { Glibc.free(memory) }

  /// The bytes of a text that ends with a zero.
  static func bytes(_ text: UnsafePointer<CChar>) -> [UInt8] {
    UnsafeBufferPointer(start: text, count: strlen(text)).map { UInt8(bitPattern: $0) }
  }

  /// Whether two texts that end with a zero are the same.
  static func isSame(_ a: UnsafePointer<CChar>, _ b: UnsafePointer<CChar>) -> Bool { strcmp(a, b) == 0 }

  /// The path of the current directory; `nil` when it is unknown.
  static func currentFolder() -> [UInt8]? {
    guard let path = getcwd(nil, 0) else { return nil }
    defer { free(path) }
    return bytes(path)
  }

  /// Two connected sockets, non-blocking and close-on-exec; `nil` when they cannot be created.
  static func socketPair() -> (Int32, Int32)? {
    var ends: [Int32] = [-1, -1]
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    return socketpair(AF_UNIX, kind, 0, &ends) == 0 ? (ends[0], ends[1]) : nil
  }

  /// Makes the other end of a socket readable.
  static func sendByte(_ socket: Int32) {
    var byte: UInt8 = 1
    send(socket, &byte, 1, 0)
  }

  /// Reads that byte, if there is one.
  static func receiveByte(_ socket: Int32) {
    var byte: UInt8 = 0
    recv(socket, &byte, 1, 0)
  }

  static func close(_ descriptor: Int32) { _ = Glibc.close(descriptor) }

  /// A value of each thread, `nil` at first.
  struct ThreadValue: @unchecked Sendable {
    private let key: pthread_key_t

    init() {
      var key = pthread_key_t()
      pthread_key_create(&key, nil)
      self.key = key
    }

    var value: UnsafeMutableRawPointer? {
      get { pthread_getspecific(key) }
      nonmutating set { pthread_setspecific(key, newValue) }
    }
  }
}
