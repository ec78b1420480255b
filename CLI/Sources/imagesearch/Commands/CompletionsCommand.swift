import ArgumentParser
@_spi(Command) import ImageSearch

struct CompletionsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "completions",
    abstract: "Print the completions for a shell.",
    discussion: """
      imagesearch completions bash >> ~/.bash_completion
      imagesearch completions zsh > ~/.zfunc/_imagesearch
      imagesearch completions fish > ~/.config/fish/completions/imagesearch.fish
      """)

  @Argument(help: ArgumentHelp("bash, zsh or fish.", valueName: "shell"), completion: .list(["bash", "zsh", "fish"]))
  var shell: String

  func run() throws {
    guard let known = CompletionShell(rawValue: shell) else {
      let nearest =
        CommandSupport.nearest(to: shell, among: ["bash", "zsh", "fish"]).map { "; did you mean \($0)?" } ?? ""
      throw CommandError(
        .usage, "there are no completions for \(displayable(shell))\(nearest) (there are bash, zsh and fish)")
    }
    Console.shared.write(Main.completionScript(for: known) + "\n")
  }
}
