import Glibc
import Synchronization

/// Standard output, for results, and standard error, for everything else.
final class Console: Sendable {
  static let shared = Console()

  /// Whether results go to a terminal.
  let outputIsTerminal = isatty(STDOUT_FILENO) == 1
  let errorIsTerminal = isatty(STDERR_FILENO) == 1
  let inputIsTerminal = isatty(STDIN_FILENO) == 1
  private let state = Mutex(State())

  private struct State {
    /// The current progress line, which is erased before anything else is written.
    var progress = ""
    var isQuiet = false
    /// Whether output has ended because the process is exiting.
    var isClosed = false
  }

  /// Colours are used at a terminal, except with NO_COLOR (<https://no-color.org>) or a dumb terminal.
  var usesColours: Bool { outputIsTerminal && Self.allowsColours }
  private static var allowsColours: Bool { environment("NO_COLOR") == nil && environment("TERM") != "dumb" }

  /// Number of columns of the terminal that results are written to; `nil` without one, in which case nothing is cut.
  var outputWidth: Int? { outputIsTerminal ? Self.width(STDOUT_FILENO) : nil }

  private static func width(_ descriptor: Int32) -> Int {
    if let given = environment("COLUMNS").flatMap({ Int($0) }), given > 0 { return given }
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  func setQuiet(_ quiet: Bool) { state.withLock { $0.isQuiet = quiet } }
  var isQuiet: Bool { state.withLock { $0.isQuiet } }

  /// Writes results.
  func write(_ text: String) {
    state.withLock { state in
      guard !state.isClosed else { return }
      if outputIsTerminal { wipe(&state) }
      guard !writeAll(STDOUT_FILENO, Array(text.utf8)) else { return }
      // A closed pipe is not reported; other errors, such as a full disk, are.
      let number = errno
      if number == EPIPE { _exit(128 + SIGPIPE) }
      _ = writeAll(STDERR_FILENO, Array("imagesearch: standard output: \(String(cString: strerror(number)))\n".utf8))
      _exit(Exit.system.rawValue)
    }
  }

  /// Writes a line to standard error, even with `--quiet`.
  func say(_ line: String) {
    state.withLock { state in
      guard !state.isClosed else { return }
      wipe(&state)
      _ = writeAll(STDERR_FILENO, Array("\(line)\n".utf8))
    }
  }

  /// Writes a line that `--quiet` omits.
  func note(_ line: String) { if !isQuiet { say(line) } }

  /// Replaces the progress line; `""` erases it.
  func showProgress(_ line: String) {
    state.withLock { state in
      guard !state.isClosed, !state.isQuiet, line != state.progress else { return }
      let shown = line.isEmpty ? "" : cut(line, to: max(1, Self.width(STDERR_FILENO) - 1))
      _ = writeAll(STDERR_FILENO, Array("\r\u{1B}[K\(shown)".utf8))
      state.progress = line
    }
  }

  /// Whether the user can be asked: at standard input, or, if that is a list, at the terminal itself.
  var canAsk: Bool {
    guard errorIsTerminal else { return false }
    if inputIsTerminal { return true }
    return (try? OpenFile(Self.terminal, O_RDONLY)) != nil
  }

  private static let terminal = FilePath(bytes: Array("/dev/tty".utf8))

  /// Asks for confirmation.
  func confirm(_ question: String) -> Bool {
    state.withLock { state in
      wipe(&state)
      _ = writeAll(STDERR_FILENO, Array("\(question) [y/N] ".utf8))
    }
    var answer: String?
    if inputIsTerminal {
      answer = readLine()
    } else if let terminal = try? OpenFile(Self.terminal, O_RDONLY) {
      var buffer = [UInt8](repeating: 0, count: 256)
      let count = (try? buffer.withUnsafeMutableBytes { try terminal.read(into: $0) }) ?? 0
      answer = String(decoding: buffer.prefix(count).filter { $0 > 32 }, as: UTF8.self)
    }
    return ["y", "yes"].contains(answer?.lowercased())
  }

  /// Writes the last line. Does not wait for a reader of results that has stopped reading.
  func close(with line: String?) {
    for _ in 0..<10 {
      let isDone: Void? = state.withLockIfAvailable { state in
        guard !state.isClosed else { return }
        wipe(&state)
        state.isClosed = true
        say(last: line)
      }
      if isDone != nil { return }
      usleep(1000)
    }
    say(last: line)
  }

  private func say(last line: String?) {
    if let line { _ = writeAll(STDERR_FILENO, Array("\(line)\n".utf8)) }
  }

  private func wipe(_ state: inout State) {
    guard !state.progress.isEmpty else { return }
    _ = writeAll(STDERR_FILENO, Array("\r\u{1B}[K".utf8))
    state.progress = ""
  }
}

/// A style of text on a terminal.
enum Style: String {
  case bold = "1"
  case faint = "2"
  case red = "31"
  case green = "32"
  case yellow = "33"
  case cyan = "36"

  func callAsFunction(_ text: String, if isOn: Bool = Console.shared.usesColours) -> String {
    isOn && !text.isEmpty ? "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" : text
  }
}
