import ArgumentParser
import CSystem
import Glibc
@_spi(Command) import ImageIndex
@_spi(Command) import ImageSearch

struct CompareCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compare two images.",
    usage: "imagesearch compare IMAGE OTHER [options]",
    discussion: """
      imagesearch compare original.jpg copy.png
      imagesearch compare original.jpg copy.png --explain --overlay both.png
      """)

  @Argument(help: ArgumentHelp("A file or a URL.", valueName: "image"), completion: .file())
  var first: String
  @Argument(help: ArgumentHelp("Another one.", valueName: "other"), completion: .file())
  var second: String
  @Flag(help: "Say why.")
  var explain = false
  @Option(
    help: ArgumentHelp("Draw the two images, aligned, as a PNG.", valueName: "file.png"),
    completion: .file(extensions: ["png"]))
  var overlay: String?
  @Option(
    help: ArgumentHelp("The layout: aligned, side-by-side or blend.", valueName: "style"),
    completion: .list(OverlayName.all))
  var style = "aligned"
  @Option(
    help: ArgumentHelp("Write an HTML report of the comparison.", valueName: "file.html"),
    completion: .file(extensions: ["html"]))
  var report: String?
  @OptionGroup var output: OutputOptions

  func run() async throws {
    output.begin()
    let style = try OverlayName.style(style)
    if let report { try ReportFileCheck.check(report) }
    let images = try [first, second].map(NamedImage.init)
    let scratch = try ScratchIndex()
    let index = scratch.index
    defer { scratch.close() }
    let found = try await index.compare(.image(images[0].source), .image(images[1].source))
    write(found, images)
    if let overlay {
      let drawn = try await index.overlay(.image(images[0].source), .image(images[1].source), style: style)
      try OutputFile.write(drawn, to: FilePath(argument: overlay), sources: images)
    }
    if let report {
      var page = ReportBuilder(.compare)
      page.add(
        found, first: (images[0].source, images[0].sharedName),
        second: (images[1].source, images[1].sharedName))
      try page.write(to: FilePath(argument: report))
    }
    if found.relation == nil { throw Ending(exit: .nothing) }
  }

  private func write(_ found: LocalIndex.Comparison, _ images: [NamedImage]) {
    switch output.form {
    case .table:
      var lines: [String]
      if let relation = found.relation {
        lines = [
          Style.bold(relation.rawValue) + (found.isMirrored ? ", mirrored" : "")
            + ": score \(fixed(found.score, found.score < 99.95 ? 1 : 0)), \(fixed(found.confidence * 100, 0))% sure",
          "the second covers \(fixed(found.firstOverlap, 0))% of the first, the first \(fixed(found.secondOverlap, 0))% of the second",
        ]
      } else {
        lines = ["nothing in common that is more than chance"]
      }
      if explain { lines += ["", displayableLines(found.explanation.description)] }
      Console.shared.write(lines.joined(separator: "\n") + "\n")
    case .json, .jsonl:
      let json = json(found, images)
      Console.shared.write(output.form == .json ? json.document : json.line + "\n")
    case .csv:
      Console.shared.write(
        csvRow(["first", "second", "relation", "confidence", "score", "first_overlap", "second_overlap", "is_mirrored"])
          + csvRow([
            images[0].name, images[1].name, found.relation?.rawValue ?? "", "\(found.confidence)", "\(found.score)",
            "\(found.firstOverlap)", "\(found.secondOverlap)", "\(found.isMirrored)",
          ]))
    }
  }

  private func displayableLines(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { displayable(String($0)) }.joined(
      separator: "\n")
  }

  private func json(_ found: LocalIndex.Comparison, _ images: [NamedImage]) -> JSON {
    let explanation = found.explanation
    var members: [JSON.Member] = [
      .init("command", "compare"), .init("version", .text(LibraryVersion.text)), .init("first", .text(images[0].name)),
      .init("second", .text(images[1].name)), .init("relation", JSON(found.relation?.rawValue)),
      .init("confidence", JSON(found.confidence)),
      .init("score", JSON(found.score)), .init("first_overlap", JSON(found.firstOverlap)),
      .init("second_overlap", JSON(found.secondOverlap)), .init("is_mirrored", .flag(found.isMirrored)),
    ]
    if let map = found.transform {
      members.append(
        .init("transform", .list([map.m11, map.m12, map.m13, map.m21, map.m22, map.m23].map { JSON($0) })))
    }
    if explain {
      members.append(
        .init(
          "explanation",
          .object([
            .init("same_bytes", .flag(explanation.sameBytes)),
            .init("features", .list(explanation.features.map { JSON($0) })),
            .init("inliers", JSON(explanation.inliers)), .init("code_distance", JSON(explanation.codeDistance)),
            .init("evidence", JSON(explanation.evidence)), .init("description", .text(explanation.description)),
          ])))
    }
    return .object(members)
  }
}

/// An image of the command line: an existing file, or a URL.
struct NamedImage {
  var source: ImageSource
  var name: String
  /// Its name in a report.
  var sharedName: String
  var path: FilePath?

  init(_ argument: String) throws {
    let collection = try QueryCollection([argument])
    guard !collection.isBatch, let query = collection.queries.first else {
      throw CommandError(.usage, "\(displayable(argument)) is a folder or a list; name one image")
    }
    source = query.image
    name = query.name
    sharedName = query.sharedName
    if case .file(let file) = query.source { path = file }
  }
}

/// The names of the styles of overlays.
enum OverlayName {
  static let all = ["aligned", "side-by-side", "blend"]

  static func style(_ name: String) throws -> OverlayStyle {
    switch name {
    case "aligned": return .aligned
    case "side-by-side": return .sideBySide
    case "blend": return .blend
    default:
      let nearest = CommandSupport.nearest(to: name, among: all).map { "; did you mean \($0)?" } ?? ""
      throw CommandError(
        .usage, "there is no style \(displayable(name))\(nearest) (there are \(all.joined(separator: ", ")))")
    }
  }
}

/// An empty index, which comparing two images needs.
struct ScratchIndex {
  let index: LocalIndex
  /// A temporary folder that is removed with it.
  private var temporary: FilePath?

  /// In the cache, to be reused; if the cache is not writable, in a temporary folder.
  init() throws {
    let opening = ServiceOpening(try Settings(), keyCommand: nil)
    do {
      index = try opening.openIndex(Places.cache.appending("compare"), writes: true)
    } catch {
      guard let folder = Self.makeTemporary() else { throw error }
      do {
        index = try opening.openIndex(folder.appending("compare"), writes: true)
      } catch {
        Self.remove(folder)
        throw error
      }
      temporary = folder
    }
  }

  func close() {
    index.close()
    if let temporary { Self.remove(temporary) }
  }

  private static func makeTemporary() -> FilePath? {
    let parent = FilePath(bytes: Array((environment("TMPDIR") ?? "/tmp").utf8)).absolute
    var name = parent.appending("imagesearch-XXXXXX").bytes.map { CChar(bitPattern: $0) } + [0]
    guard mkdtemp(&name) != nil else { return nil }
    return FilePath(bytes: name.dropLast().map { UInt8(bitPattern: $0) })
  }

  private static func remove(_ folder: FilePath) {
    _ = folder.withCString { csystem_remove_folder($0) }
  }
}

/// A file that is written atomically.
enum OutputFile {
  /// - Parameter sources: images that it must not replace.
  static func write(_ bytes: [UInt8], to path: FilePath, sources: [NamedImage] = []) throws {
    if let there = try? FileStatus.of(path) {
      for source in sources {
        guard let file = source.path, let status = try? FileStatus.of(file), status.isSameFile(as: there) else {
          continue
        }
        throw CommandError(.usage, "\(displayable(path.text)) is the image itself; name another file")
      }
      guard there.kind == .file else { throw CommandError(.usage, "\(displayable(path.text)) is no file; name one") }
    }
    let temporary = path.parent.appending(".\(path.name.bytes.hashValue.magnitude).imagesearch.tmp")
    do {
      try writeNew(bytes, temporary, path)
    } catch let error as SystemError {
      throw CommandError(.system, "\(displayable(path.text)) cannot be written: \(error.reason)")
    }
  }

  private static func writeNew(_ bytes: [UInt8], _ temporary: FilePath, _ path: FilePath) throws {
    let file = try OpenFile(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o666)
    do {
      try file.write(bytes)
      guard temporary.withCString({ from in path.withCString { rename(from, $0) } }) == 0 else {
        throw SystemError(path.text)
      }
    } catch {
      _ = temporary.withCString { unlink($0) }
      throw error
    }
  }
}

/// Checks that a report can be written before anything is paid for.
enum ReportFileCheck {
  static func check(_ name: String) throws {
    let path = FilePath(argument: name).absolute
    let name = path.text
    switch (try? FileStatus.of(path))?.kind {
    case .folder: throw CommandError(.usage, "\(displayable(name)) is a folder; name a file for the report")
    case .file: try checkIsReport(path)
    // A file that cannot be replaced is written in place, without a temporary file beside it.
    case .other: return
    case .link, nil: break
    }
    guard path.parent.withCString({ access($0, W_OK) }) == 0 else {
      throw CommandError(
        .usage, "the report \(displayable(name)) cannot be written there: \(String(cString: strerror(errno)))")
    }
  }

  /// A mistake such as `--report photo.jpg` must not destroy a photograph: only a report is overwritten.
  private static func checkIsReport(_ path: FilePath) throws {
    var start = [UInt8](repeating: 0, count: 15)
    let file = try? OpenFile(path, O_RDONLY | O_NONBLOCK)
    let count = (try? start.withUnsafeMutableBytes { try file?.read(into: $0) }) ?? nil
    guard let count, count > 0 else { return }
    guard String(decoding: start.prefix(count), as: UTF8.self).lowercased() == "<!doctype html>" else {
      throw CommandError(
        .usage, "\(displayable(path.text)) is there and is no report; name another file for the report")
    }
  }
}
