import ArgumentParser

struct Services: AsyncParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Says which services there are and whether each is ready.")

  func run() async throws {
    print("local")
  }
}
