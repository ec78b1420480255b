import Glibc

/// Everything here that depends on the operating system.
enum Platform {
  /// Two connected sockets, non-blocking and close-on-exec; `nil` when there are none.
  static func socketPair() -> (Int32, Int32)? {
    var ends: [Int32] = [-1, -1]
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    return socketpair(AF_UNIX, kind, 0, &ends) == 0 ? (ends[0], ends[1]) : nil
  }
}
