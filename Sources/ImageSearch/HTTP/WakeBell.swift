import Glibc

/// Wakes a thread that polls: a pipe of which it watches one end.
final class WakeBell: Sendable {
  /// The end to poll for reading.
  let listening: Int32
  private let ringing: Int32

  /// - Throws: ``ImageSearchError/Code/internalFailure`` when the process has no file descriptors left.
  init() throws {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else {
      throw ImageSearchError(
        .internalFailure, "no file descriptors for a client: \(String(cString: strerror(errno)))")
    }
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    listening = ends[0]
    ringing = ends[1]
  }

  deinit {
    close(listening)
    close(ringing)
  }

  /// From any thread; a full pipe rings loud enough.
  func ring() {
    var byte: UInt8 = 1
    _ = write(ringing, &byte, 1)
  }

  /// From the thread that polled.
  func clear() {
    var bytes: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    while read(listening, &bytes, 32) == 32 {}
  }
}
