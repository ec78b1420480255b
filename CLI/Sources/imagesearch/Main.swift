import ArgumentParser
import CSystem
import Glibc
@_spi(Command) import ImageSearch

struct Main: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "imagesearch",
    abstract: "Find where an image comes from, and all duplicates in a collection.",
    discussion: """
      imagesearch index add ~/Photos                 index your own images
      imagesearch search photo.jpg                   find copies of one
      imagesearch search photo.jpg --in tineye       … on the web (paid)
      imagesearch duplicates ~/Photos                find all copies in a folder
      imagesearch compare one.jpg other.jpg          compare two

      Exit codes: 0 something was found, 1 nothing was, 2 invalid input, 3 some failed, 4 keys and quotas, 5 the index, 6 a service, \
      7 the system, 64 wrong arguments, 130 Ctrl-C.
      """,
    version: LibraryVersion.text,
    subcommands: [
      SearchCommand.self, IndexCommand.self, DuplicatesCommand.self, UndoCommand.self, CompareCommand.self,
      OverlayCommand.self,
      QuotaCommand.self, ServicesCommand.self, ConfigCommand.self, CompletionsCommand.self,
    ])
}

@main
enum Entry {
  static func main() {
    csystem_use_utf8()
    // Before any thread starts: threads inherit the blocked signals of the one that starts them.
    Interruption.install()
    let work: Task<Void, Never>
    do {
      work = try CommandSupport.start {
        let code = await run(arguments())
        Interruption.shared.workIsOver()
        Console.shared.showProgress("")
        exit(code)
      }
    } catch {
      Console.shared.say("imagesearch: \(error)")
      exit(Exit.system.rawValue)
    }
    Interruption.shared.onCancel { work.cancel() }
    while true { pause() }
  }

  /// The arguments, with bytes that are not UTF-8 preserved; see ``FilePath``.
  private static func arguments() -> [String] {
    (csystem_arguments()?.argumentsAfterFirst ?? []).map { argument in
      FilePath.argument(UnsafeRawBufferPointer(start: argument, count: strlen(argument)).map { $0 })
    }
  }

  private static func run(_ arguments: [String]) async -> Int32 {
    if let message = unknownCommand(arguments) {
      Console.shared.say("imagesearch: \(oneLine(message))")
      return ExitCode.validationFailure.rawValue
    }
    if let name = mistakenForOptions(arguments) {
      Console.shared.say("imagesearch: \(name) is a file and would be read as options; write ./\(name)")
      return ExitCode.validationFailure.rawValue
    }
    do {
      var command = try Main.parseAsRoot(arguments)
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
      return Exit.found.rawValue
    } catch let ending as Ending {
      return ending.exit.rawValue
    } catch let error as CommandError {
      Console.shared.say("imagesearch: \(oneLine(error.message))")
      return error.exit.rawValue
    } catch let error as ImageSearchError {
      let service = error.service.isEmpty || error.service == "LocalIndex" ? "" : error.service + ": "
      Console.shared.say("imagesearch: \(service)\(explanation(error))")
      return Exit(error.code).rawValue
    } catch let error as ReportError {
      Console.shared.say("imagesearch: \(oneLine(error.description))")
      return Exit.system.rawValue
    } catch let error as SystemError {
      Console.shared.say("imagesearch: \(oneLine(error.what)): \(error.reason)")
      return Exit.system.rawValue
    } catch is CancellationError {
      return 128 + (Interruption.shared.signal ?? SIGINT)
    } catch {
      return parserEnding(error, arguments)
    }
  }

  /// The message for an unknown command; the parser would not suggest which one was meant.
  private static func unknownCommand(_ arguments: [String]) -> String? {
    var command: any ParsableCommand.Type = Main.self
    var path = "imagesearch"
    for word in arguments {
      let known = command.configuration.subcommands
      guard !known.isEmpty, !word.hasPrefix("-"), word != "help" else { return nil }
      if let next = known.first(where: { $0.configuration.commandName == word }) {
        command = next
        path += " " + word
        continue
      }
      let shown = FilePath(argument: word).text
      let names = known.compactMap { $0.configuration.commandName }
      if let nearest = CommandSupport.nearest(to: word, among: names) {
        return "there is no command \(path) \(shown); did you mean \(nearest)?"
      }
      if path == "imagesearch", (try? FileStatus.of(FilePath(argument: word))) != nil {
        return "there is no command \(shown); to search with an image: imagesearch search \(shown)"
      }
      return "there is no command \(path) \(shown); there are \(names.joined(separator: ", "))"
    }
    return nil
  }

  /// A file name, for instance from `*`, that the parser would read as several short options: `-hat.jpg` would print help.
  private static func mistakenForOptions(_ arguments: [String]) -> String? {
    for word in arguments.prefix(while: { $0 != "--" }) where word.hasPrefix("-") && !word.hasPrefix("--") {
      let path = FilePath(argument: word)
      if word.utf8.count > 2, (try? FileStatus.of(path, follow: false)) != nil { return displayable(path.text) }
    }
    return nil
  }

  /// Prints help, the version, or the parser's error.
  private static func parserEnding(_ error: any Error, _ arguments: [String]) -> Int32 {
    let code = Main.exitCode(for: error)
    let text = Main.fullMessage(for: error)
    if code == .success {
      if !text.isEmpty { Console.shared.write(text + "\n") }
    } else if !text.isEmpty {
      Console.shared.say(safe(text, arguments))
    }
    // Not one of the parser's errors. The code 1 would mean that nothing was found.
    return code == .failure ? Exit.system.rawValue : code.rawValue
  }
}

extension Entry {
  /// The parser's message, which has several lines and quotes arguments as they are.
  private static func safe(_ message: String, _ arguments: [String]) -> String {
    // By scalars: a combining character at the start of an argument is one character with what is before it.
    var scalars = message.unicodeScalars
    for argument in arguments {
      for part in [argument, String(argument.drop { $0 != "=" }.dropFirst())] where !part.isEmpty {
        let shown = displayable(FilePath(argument: part).text)
        if !shown.hasBytes(of: part) { scalars = scalars.replacing(part.unicodeScalars, with: shown.unicodeScalars) }
      }
    }
    return String(scalars).split(separator: "\n", omittingEmptySubsequences: false).map { oneLine(String($0)) }
      .joined(separator: "\n")
  }
}

extension UnsafeMutablePointer<UnsafeMutablePointer<Int8>?> {
  fileprivate var argumentsAfterFirst: [UnsafeMutablePointer<Int8>] {
    var arguments: [UnsafeMutablePointer<Int8>] = []
    var next = self
    while let argument = next.pointee {
      arguments.append(argument)
      next += 1
    }
    return Array(arguments.dropFirst())
  }
}
