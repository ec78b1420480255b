import Glibc
import Synchronization

/// Standard output, standard error and what they are connected to. Results go to the one, everything else to the other.
final class Console: Sendable {
  static let shared = Console()

  /// Whether results are read by a person.
  let outputIsTerminal = isatty(STDOUT_FILENO) == 1
  let errorIsTerminal = isatty(STDERR_FILENO) == 1
  let inputIsTerminal = isatty(STDIN_FILENO) == 1
  private let state = Mutex(State())

  private struct State {
    /// What stands in the line of the progress, to be wiped before anything else is written.
    var progress = ""
    var isQuiet = false
    /// Nothing is written any more: the process ends.
    var isClosed = false
  }

  /// Colours are for terminals, unless <https://no-color.org> or a dumb terminal says otherwise.
  var usesColours: Bool { outputIsTerminal && Self.allowsColours }
  var errorUsesColours: Bool { errorIsTerminal && Self.allowsColours }
  private static var allowsColours: Bool { environment("NO_COLOR") == nil && environment("TERM") != "dumb" }

  /// Columns of the terminal that results are written to; `nil` without one: nothing is cut for a program or a file.
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
      // Who reads no more wants no words; a full disk is another matter.
      let number = errno
      if number == EPIPE { _exit(128 + SIGPIPE) }
      _ = writeAll(STDERR_FILENO, Array("imagesearch: standard output: \(String(cString: strerror(number)))\n".utf8))
      _exit(Exit.system.rawValue)
    }
  }

  /// Writes a line for the person, whatever `--quiet` says.
  func say(_ line: String) {
    state.withLock { state in
      guard !state.isClosed else { return }
      wipe(&state)
      _ = writeAll(STDERR_FILENO, Array("\(line)\n".utf8))
    }
  }

  /// Writes a line that `--quiet` leaves out.
  func note(_ line: String) { if !isQuiet { say(line) } }

  /// Shows a line in the place of the last one; `""` wipes it.
  func showProgress(_ line: String) {
    state.withLock { state in
      guard !state.isClosed, !state.isQuiet, line != state.progress else { return }
      let shown = line.isEmpty ? "" : cut(line, to: max(1, Self.width(STDERR_FILENO) - 1))
      _ = writeAll(STDERR_FILENO, Array("\r\u{1B}[K\(shown)".utf8))
      state.progress = line
    }
  }

  /// Whether somebody is there to ask: at standard input, or, when a list comes from there, at the terminal itself.
  var canAsk: Bool {
    guard errorIsTerminal else { return false }
    if inputIsTerminal { return true }
    return (try? OpenFile(Self.terminal, O_RDONLY)) != nil
  }

  private static let terminal = FilePath(bytes: Array("/dev/tty".utf8))

  /// Asks for a yes.
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

  /// The last words. They do not wait for a reader of results that has stopped reading.
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
