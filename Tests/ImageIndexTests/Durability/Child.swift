#if LocalIndex
  import FoundationEssentials

  #if canImport(Glibc)
    import Glibc
  #elseif canImport(Musl)
    import Musl
  #endif

  /// This test program as a child process with a role; see `ChildRoles`.
  struct Child {
    static let roleVariable = "LOCAL_INDEX_CHILD"
    let pid: pid_t

    /// - Parameters:
    ///   - role: The role.
    ///   - values: environment variables for it.
    init(_ role: String, _ values: [String: String]) throws {
      var environment = ProcessInfo.processInfo.environment
      environment[Self.roleVariable] = role
      for (name, value) in values { environment[name] = value }
      let command = ["/proc/self/exe", "--testing-library", "swift-testing", "--filter", "ChildRoles"]
      var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
      var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
      var actions = posix_spawn_file_actions_t()
      posix_spawn_file_actions_init(&actions)
      posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
      defer {
        arguments.forEach { free($0) }
        variables.forEach { free($0) }
        posix_spawn_file_actions_destroy(&actions)
      }
      var child: pid_t = 0
      let failure = posix_spawn(&child, "/proc/self/exe", &actions, nil, &arguments, &variables)
      guard failure == 0 else { throw SpawnError(number: failure) }
      pid = child
    }

    struct SpawnError: Error { let number: Int32 }

    func kill() { _ = Glibc.kill(pid, SIGKILL) }

    /// - Returns: The exit code; `nil` when a signal ended it.
    func wait() -> Int32? {
      var status: Int32 = 0
      while waitpid(pid, &status, 0) < 0, errno == EINTR {}
      return status & 0x7F == 0 ? status >> 8 & 0xFF : nil
    }
  }

  /// A journal of a process's actions, line by line, in a file: data accepted by `write(2)` survives the process, however it ends.
  struct Journal: Sendable {
    let path: String

    func append(_ line: String) {
      let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND, 0o666)
      guard descriptor >= 0 else { return }
      var bytes = Array((line + "\n").utf8)
      _ = write(descriptor, &bytes, bytes.count)
      close(descriptor)
    }

    var lines: [String] {
      guard let data = try? Data(contentsOf: URL(fileURLWithPath: path)) else { return [] }
      return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
    }
  }
#endif
