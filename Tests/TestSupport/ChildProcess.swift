import FoundationEssentials
import Glibc

/// A child process whose standard input and output are a socket to this process.
struct ChildProcess {
  let pid: pid_t
  /// This process's end of the socket. The child ends when it is closed.
  let socket: Int32

  /// - Throws: `DoubleError` when the program cannot be started.
  init(_ command: [String]) throws {
    var ends: [Int32] = [-1, -1]
    // Close-on-exec: if a later child inherited this end, this child would outlive the process.
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw DoubleError("no socket pair: errno \(errno)") }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[1], 0)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1)

    let environment = ProcessInfo.processInfo.environment.map { "\($0.key)=\($0.value)" }
    var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
    var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup($0) } + [nil]
    defer {
      arguments.forEach { free($0) }
      variables.forEach { free($0) }
    }
    var child: pid_t = 0
    let failure = posix_spawnp(&child, command[0], &actions, nil, &arguments, &variables)
    _ = close(ends[1])
    guard failure == 0 else {
      _ = close(ends[0])
      throw DoubleError("cannot start \(command[0]): errno \(failure)")
    }
    pid = child
    socket = ends[0]
  }

  /// The first line of the child's output, without the line end.
  func firstLine() -> String {
    var line: [UInt8] = []
    var byte: UInt8 = 0
    while line.count < 4096 {
      let count = read(socket, &byte, 1)
      if count < 0 && errno == EINTR { continue }
      if count <= 0 || byte == UInt8(ascii: "\n") { break }
      line.append(byte)
    }
    return String(decoding: line, as: UTF8.self)
  }

  func end() {
    Self.end(pid: pid, socket: socket)
  }

  /// Closes the socket, waits up to five seconds for the child to end, and kills it by its id after that.
  static func end(pid: pid_t, socket: Int32) {
    _ = close(socket)
    var status: Int32 = 0
    for _ in 0..<500 {
      if waitpid(pid, &status, Int32(WNOHANG)) != 0 { return }
      usleep(10_000)
    }
    _ = kill(pid, SIGKILL)
    _ = waitpid(pid, &status, 0)
  }
}
