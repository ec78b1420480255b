import Glibc

/// What the operating system gives: all that has to be looked at for another one.
enum Platform {
  /// Two connected sockets that do not block and do not pass to other programs; `nil` when there are none.
  static func socketPair() -> (Int32, Int32)? {
    var ends: [Int32] = [-1, -1]
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    return socketpair(AF_UNIX, kind, 0, &ends) == 0 ? (ends[0], ends[1]) : nil
  }
}
