import CSystem
import FoundationEssentials
import Glibc
@_spi(Command) import ImageIndex
@_spi(Command) import ImageSearch
import Synchronization

/// The journal of a batch: a line for each paid request, on disk before the request is sent, and a line with each
/// response. After a kill or a power failure it is known what was charged, and what may have been.
final class SearchJournal: Sendable {
  /// Identifies an unchanged file without reading it.
  fileprivate struct FileKey: Hashable {
    var path: FilePath
    var size: Int64
    var modified: Int64
  }

  fileprivate struct Place: Hashable {
    var service: ServiceName
    /// By its bytes: two addresses may be equal as texts.
    let key: [UInt8]

    init(_ service: ServiceName, _ key: String) {
      self.service = service
      self.key = Array(key.utf8)
    }
  }

  /// Number of paid calls of a search.
  static let calls = 0...1_000_000

  fileprivate struct State {
    var files: [FileKey: String] = [:]
    var answers: [Place: Answer] = [:]
    /// Requests that were begun and whose outcome is unknown, with the number of calls that may have been paid for them.
    var open: [Place: Int] = [:]
    var isFinished = false
    var paidCalls = 0
  }

  let path: FilePath
  /// When it was begun, for display.
  private let begun: String
  private let file: Descriptor
  private let state: Mutex<State>
  /// Length of its complete lines in bytes; `nil` when the file has more than these, which cannot be removed.
  private let length: Mutex<Int?>

  /// Owns the descriptor, which the class itself cannot.
  private final class Descriptor: Sendable {
    let number: Int32
    init(_ number: Int32) { self.number = number }
    deinit { close(number) }
  }

  /// Opens or creates a journal.
  ///
  /// - Parameters:
  ///   - options: the options that the responses depend on; a journal with others is refused.
  ///   - again: whether an earlier journal is set aside and a new one begun.
  ///   - keepsFinished: whether the responses of a complete batch are reused.
  init(_ path: FilePath, options: String, again: Bool, keepsFinished: Bool) throws {
    self.path = path
    if again { try Self.putAside(path) }
    var (number, state, header, length) = try Self.open(path, options)
    if state.isFinished, !keepsFinished {
      close(number)
      try Self.putAside(path)
      (number, state, header, length) = try Self.open(path, options)
    }
    file = Descriptor(number)
    begun = header
    self.state = Mutex(state)
    self.length = Mutex(length)
  }

  /// Gives a journal that no other run has open another name, which no file has.
  private static func putAside(_ path: FilePath) throws {
    do {
      guard let owner = try locked(path, 0) else { return }
      let stamp = String(Date.now.ISO8601Format().map { $0 == ":" ? "-" : $0 })
      for attempt in 1...1000 {
        let aside = FilePath(bytes: path.bytes + Array(".\(stamp)\(attempt == 1 ? "" : "-\(attempt)")".utf8))
        let result = path.withCString { from in aside.withCString { csystem_rename_no_replace(from, $0) } }
        if result == 0 { return withExtendedLifetime(owner) {} }
        guard errno == EEXIST else { break }
      }
      throw SystemError(path.text)
    } catch let error as SystemError {
      throw CommandError(.system, "the journal \(path.text) cannot be put aside: \(error.reason)")
    }
  }

  /// Opens a journal that no other run has open.
  ///
  /// - Parameter flags: `O_CREAT` to make it.
  /// - Returns: `nil` when it is not there.
  private static func locked(_ path: FilePath, _ flags: Int32) throws -> Descriptor? {
    while true {
      let number = path.withCString { Glibc.open($0, O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW | flags, 0o600) }
      if number < 0, errno == ENOENT, flags & O_CREAT == 0 { return nil }
      guard number >= 0 else { throw SystemError(path.text) }
      let owner = Descriptor(number)
      guard flock(number, LOCK_EX | LOCK_NB) == 0 else {
        throw CommandError(
          .usage, "another run has the journal \(path.text) open; wait for it, or name another: --journal")
      }
      // Another run may have put it aside before it was locked.
      let status = try FileStatus.of(number)
      if let named = try? FileStatus.of(path, follow: false), named.isSameFile(as: status) { return owner }
    }
  }

  private static func open(_ path: FilePath, _ options: String) throws -> (Int32, State, String, Int) {
    do {
      try makeFolder(path.parent)
      guard let owner = try locked(path, O_CREAT) else { throw SystemError(path.text, ENOENT) }
      let number = owner.number
      let status = try FileStatus.of(number)
      guard status.kind == .file else { throw CommandError(.usage, "the journal \(path.text) is no file") }
      let bytes = try OpenFile(path, O_RDONLY).contents(limit: 1 << 31)
      var (state, whole, begun) = try read(bytes, path, options)
      // A partial line that was being written when the machine stopped.
      if whole < bytes.count, ftruncate(number, whole) != 0 { throw SystemError(path.text) }
      let copy = fcntl(number, F_DUPFD_CLOEXEC, 3)
      guard copy >= 0 else { throw SystemError(path.text) }
      let header = begun ?? Date.now.ISO8601Format()
      if begun == nil {
        let line = JSON.object([
          .init("journal", "search"), .init("version", 1), .init("options", .text(options)),
          .init("begun", .text(header)),
        ]).line
        guard writeAll(copy, Array((line + "\n").utf8)), fdatasync(copy) == 0 else {
          let failure = SystemError(path.text)
          // Part of a line would be taken for a damaged journal.
          ftruncate(copy, 0)
          close(copy)
          throw failure
        }
        whole = line.utf8.count + 1
        synchronizeFolder(path.parent)
      }
      // The duplicate shares the lock, which is released with the last of both.
      withExtendedLifetime(owner) {}
      return (copy, state, header, whole)
    } catch let error as SystemError {
      throw CommandError(
        .system, "the journal \(path.text) cannot be written: \(error.reason); name another: --journal FILE")
    }
  }

  /// - Returns: its state, and the length of its complete lines in bytes.
  private static func read(_ bytes: [UInt8], _ path: FilePath, _ options: String) throws -> (State, Int, String?) {
    var state = State()
    var begun: String?
    var start = 0
    var number = 0
    while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
      number += 1
      let damaged = CommandError(
        .usage,
        "line \(number) of the journal \(path.text) is damaged; nothing is sent, because what was paid for cannot be told. "
          + "--again begins a new one")
      guard let line = try? JSON(Array(bytes[start..<end])) else { throw damaged }
      start = end + 1
      if number == 1 {
        guard line["journal"].string == "search", line["version"].integer == 1 else {
          throw CommandError(.usage, "\(path.text) is no journal of a search")
        }
        guard line["options"].string == options else {
          throw CommandError(
            .usage,
            "the journal \(path.text) belongs to another search (\(displayable(line["options"].string ?? ""))); name another: --journal"
          )
        }
        begun = line["begun"].string ?? ""
        continue
      }
      guard state.take(line) else { throw damaged }
    }
    return (state, start, begun)
  }

  // MARK: - State

  /// Number of responses from earlier runs.
  var earlierAnswers: Int { state.withLock { $0.answers.count } }
  var wasFinished: Bool { state.withLock { $0.isFinished } }
  var begunAt: String { begun }
  /// Number of paid calls that were or may have been charged for the batch so far.
  var paidCalls: Int {
    // A request without a response may have cost the most that it could.
    state.withLock { state in state.paidCalls + state.open.values.reduce(0, +) }
  }

  /// The key of a query; its file is read only if it is not known in its current state.
  func key(of query: Query) throws -> String {
    guard let fileKey = Self.fileKey(query) else { return try query.key() }
    if let known = state.withLock({ $0.files[fileKey] }) { return known }
    let key = try query.key()
    state.withLock { $0.files[fileKey] = key }
    return key
  }

  /// Whether an earlier run has settled a query, without reading its file: by a response, or by a request that was
  /// begun.
  func isSettled(_ query: Query, _ service: ServiceName, repeatsUncertain: Bool) -> Bool {
    guard
      let key = Self.fileKey(query).flatMap({ fileKey in state.withLock { $0.files[fileKey] } }) ?? Self.urlKey(query)
    else { return false }
    return state.withLock { $0.settled(Place(service, key), repeatsUncertain) != nil }
  }

  /// The stored response, or the failure for a request that may have been charged.
  func answer(_ service: ServiceName, _ key: String, repeatsUncertain: Bool) -> Answer? {
    state.withLock { $0.settled(Place(service, key), repeatsUncertain) }
  }

  private static func urlKey(_ query: Query) -> String? {
    if case .url(let address) = query.source { "url:" + address } else { nil }
  }

  private static func fileKey(_ query: Query) -> FileKey? {
    guard case .file(let path) = query.source, let status = try? FileStatus.of(path) else { return nil }
    return FileKey(path: path, size: status.size, modified: status.modified)
  }

  // MARK: - Writing

  /// Records that a request is about to be sent. For a paid service, the line is on disk when this returns.
  ///
  /// - Parameter most: the largest number of calls that it may cost.
  func begin(_ service: ServiceName, _ key: String, _ query: Query, most: Int) throws {
    guard service.isPaid else { return }
    var members: [JSON.Member] = [
      .init("begin", .text(service.rawValue)), .init("key", .text(key)), .init("time", .text(Date.now.ISO8601Format())),
      .init("most", JSON(most)),
    ]
    if let file = Self.fileKey(query) { members += Self.members(file) }
    try write(.object(members), synchronized: true)
    state.withLock { $0.open[Place(service, key)] = most }
  }

  /// Records a response.
  func end(_ answer: Answer, _ key: String, _ query: Query) throws {
    var members: [JSON.Member] = [.init("end", .text(answer.service.rawValue)), .init("key", .text(key))]
    if let file = Self.fileKey(query) { members += Self.members(file) }
    members.append(.init("answer", answer.stored))
    try write(.object(members), synchronized: answer.service.isPaid)
    let place = Place(answer.service, key)
    state.withLock { state in
      state.open[place] = nil
      state.answers[place] = answer
      state.paidCalls += answer.paidCalls
    }
  }

  /// Records that the batch is complete.
  func finish() throws {
    try write(.object([.init("finished", .text(Date.now.ISO8601Format()))]), synchronized: true)
  }

  private static func members(_ file: FileKey) -> [JSON.Member] {
    [
      .init("path", .text(file.path.text)), .init("size", .number(String(file.size))),
      .init("modified", .number(String(file.modified))),
    ]
  }

  private func write(_ line: JSON, synchronized: Bool) throws {
    let bytes = Array((line.line + "\n").utf8)
    // One line at a time, so that part of a line can be removed: another one behind it would make the journal a damaged one,
    // and what was paid for could not be told.
    try length.withLock { length in
      var number = EIO
      if let before = length {
        if writeAll(file.number, bytes), !synchronized || fdatasync(file.number) == 0 {
          length = before + bytes.count
          return
        }
        number = errno
        if ftruncate(file.number, before) != 0 { length = nil }
      }
      throw CommandError(
        .system,
        "the journal \(path.text) cannot be written: \(String(cString: strerror(number))); nothing more is sent")
    }
  }
}

extension SearchJournal.State {
  /// Applies a line.
  ///
  /// - Returns: `false` if it is not a valid line.
  fileprivate mutating func take(_ line: JSON) -> Bool {
    if line["finished"].string != nil {
      isFinished = true
      return true
    }
    isFinished = false
    guard let key = line["key"].string else { return false }
    if let path = line["path"].string, let size = line["size"].integer, let modified = line["modified"].integer {
      let file = FilePath(bytes: LocalIndex.pathBytes(of: path))
      files[.init(path: file, size: Int64(size), modified: Int64(modified))] = key
    }
    if let service = line["begin"].string.flatMap(ServiceName.init(rawValue:)) {
      let place = SearchJournal.Place(service, key)
      let most = line["most"].integer ?? (service == .tmapi ? 2 : 1)
      guard SearchJournal.calls.contains(most) else { return false }
      // Begun again without an end: the possible cost of the first remains counted.
      paidCalls += open[place] ?? 0
      open[place] = most
      return true
    }
    guard let service = line["end"].string.flatMap(ServiceName.init(rawValue:)),
      let answer = Answer(stored: line["answer"])
    else {
      return false
    }
    let place = SearchJournal.Place(service, key)
    open[place] = nil
    answers[place] = answer
    paidCalls += answer.paidCalls
    return true
  }

  /// The response that must not be requested again.
  fileprivate func settled(_ place: SearchJournal.Place, _ repeatsUncertain: Bool) -> Answer? {
    if var answer = answers[place], open[place] == nil {
      // It costs nothing in this run.
      answer.isFromJournal = true
      answer.paidCalls = 0
      guard let failure = answer.failure else { return answer }
      // A failure without a charge is tried again.
      return failure.mayHaveBeenCharged && !repeatsUncertain ? answer : nil
    }
    guard open[place] != nil, !repeatsUncertain else { return nil }
    var answer = Answer(
      place.service,
      failure: .init(
        code: "interrupted",
        message:
          "an earlier run ended while this search was under way; it may have been charged and is not repeated (--repeat-uncertain)",
        mayHaveBeenCharged: true, exit: .partly))
    answer.isFromJournal = true
    return answer
  }
}
