import CSystem
import Glibc

/// Runs a user's command and reads its output; its prompts go to the terminal.
///
/// - Parameters:
///   - variables: additional environment variables, as `NAME=value`.
///   - limit: maximum number of bytes; the rest is dropped.
func runShell(_ command: String, variables: [String], limit: Int) throws(SystemError) -> (status: Int32, bytes: [UInt8])
{
  var ends: [Int32] = [0, 0]
  guard csystem_pipe(&ends) == 0 else { throw SystemError("a pipe") }
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
  var attributes = posix_spawnattr_t()
  posix_spawnattr_init(&attributes)
  defer { posix_spawnattr_destroy(&attributes) }
  // The child must not inherit the blocked signals.
  var none = sigset_t()
  sigemptyset(&none)
  posix_spawnattr_setsigmask(&attributes, &none)
  posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
  var arguments: [UnsafeMutablePointer<CChar>?] = ["sh", "-c", command].map { (word: String) in strdup(word) } + [nil]
  var environment: [UnsafeMutablePointer<CChar>?] = variables.map { (variable: String) in strdup(variable) }
  let own = environment.count
  var next = environ
  while let variable = next.pointee {
    environment.append(variable)
    next += 1
  }
  environment.append(nil)
  defer {
    for argument in arguments { free(argument) }
    for variable in environment.prefix(own) { free(variable) }
  }
  var child = pid_t()
  let result = posix_spawn(&child, "/bin/sh", &actions, &attributes, &arguments, &environment)
  close(ends[1])
  guard result == 0 else {
    close(ends[0])
    throw SystemError("/bin/sh", result)
  }
  defer { close(ends[0]) }
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 4096)
  while true {
    let count = read(ends[0], &buffer, buffer.count)
    if count < 0 && errno == EINTR { continue }
    guard count > 0 else { break }
    bytes += buffer.prefix(min(count, limit - bytes.count))
  }
  var status: Int32 = 0
  while waitpid(child, &status, 0) < 0 && errno == EINTR {}
  let signal = status & 0x7F
  return (signal == 0 ? (status >> 8) & 0xFF : 128 + signal, bytes)
}
