import ArgumentParser
@_spi(Command) import ImageIndex
@_spi(Command) import ImageSearch

struct IndexCopy: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "copy",
    abstract: "Copy the images of the index into a service.",
    usage: "imagesearch index copy --to alibaba|FOLDER [options]",
    discussion: """
      Sends the files that the images were added from. What was copied is recorded: the same command continues where it stopped, and later \
      copies what is new.

      imagesearch index copy --to alibaba
      imagesearch index copy --to /srv/second.index
      """)

  @Option(help: ArgumentHelp("alibaba, or the folder of another index.", valueName: "service"))
  var to: String
  @Option(
    help: ArgumentHelp(
      "The name under which this copy is recorded (default: the instance or the folder).", valueName: "name"))
  var target: String?
  @Flag(help: "Send thumbnails of images whose files are gone.")
  var thumbnails = false
  @Flag(name: [.customShort("y"), .long], help: "Copy without asking.")
  var yes = false
  @OptionGroup var index: IndexOption
  @OptionGroup var key: KeyOption
  @OptionGroup var output: OutputOptions

  func run() async throws {
    output.begin()
    let settings = try Settings()
    let opening = ServiceOpening(settings, keyCommand: key.keyCommand)
    let destination = try destination(opening, settings)
    defer { destination.service.close() }
    let index = try opening.openIndex(index.index, writes: true, mustExist: true)
    defer { index.close() }
    if destination.isPaid { try await ask(index, destination.service) }
    var options = LocalIndex.CopyOptions()
    options.sendsThumbnails = thumbnails
    options.target = target ?? destination.target
    let copy = options
    Interruption.shared.hint { "what was copied is remembered; the same command goes on from there" }
    let report = try await withProgress("copied") { progress in
      func copied(_ service: some SearchService) async throws -> AddReport {
        try await index.copy(into: service, copy: copy, progress: progress)
      }
      return try await copied(destination.service)
    }
    do {
      try AddOutput(command: "index copy", form: output.form, path: index.path).write(
        report, words: ("copied", "copied over earlier ones"))
    } catch let ending as Ending where ending.exit == .nothing {
      Console.shared.note("imagesearch: everything was copied before")
    }
  }

  private struct Destination {
    var service: any SearchService
    var target: String
    var isPaid: Bool
  }

  private func destination(_ opening: ServiceOpening, _ settings: Settings) throws -> Destination {
    if to == ServiceName.alibaba.rawValue {
      let instance = settings.value(.alibaba, "instance")?.text ?? ""
      return Destination(service: try opening.open(.alibaba), target: "alibaba \(instance)", isPaid: true)
    }
    let path = FilePath(argument: to)
    guard path.bytes.contains(UInt8(ascii: "/")) || (try? FileStatus.of(path))?.kind == .folder else {
      if let service = ServiceName(rawValue: to), service != .local {
        throw CommandError(
          .usage, "\(service.rawValue) takes no images; --to is alibaba, or the folder of another index")
      }
      let nearest =
        CommandSupport.nearest(to: to, among: [ServiceName.alibaba.rawValue]).map { "; did you mean \($0)?" } ?? ""
      throw CommandError(
        .usage, "--to is \(displayable(path.text))\(nearest); it must be alibaba, or a folder such as ./other.index")
    }
    let target = path.absolute
    return Destination(service: try opening.openIndex(target, writes: true), target: target.text, isPaid: false)
  }

  private func ask(_ index: LocalIndex, _ service: any SearchService) async throws {
    let images = try await index.imageCount()
    var room = "the service does not tell how many may be added"
    if service.capabilities.contains(.quota) {
      let quota = try await service.quota()
      if quota.unit == .images, let left = quota.remaining { room = "\(count(left, "image")) may still be added there" }
    }
    let question = "Up to \(count(images, "image")) to \(service.name), as far as they are not there yet; \(room)."
    if yes {
      Console.shared.note("imagesearch: \(question)")
      return
    }
    guard Console.shared.canAsk else { throw CommandError(.usage, "\(question) Nobody is there to ask; add --yes") }
    guard Console.shared.confirm("\(question) Go on?") else { throw CommandError(.nothing, "nothing was sent") }
  }
}
