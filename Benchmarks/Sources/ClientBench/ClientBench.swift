import Glibc
import ImageSearch

/// Measures the Swift client against a server whose CPU time does not count.
///
///     ClientBench BASE_URL small|search COUNT        CPU microseconds per call
///     ClientBench BASE_URL flight COUNT IN_FLIGHT    the same, many at once
///     ClientBench BASE_URL pipeline COUNT            the same sequentially, with a transport that answers from memory
///     ClientBench BASE_URL growth COUNT IN_FLIGHT    KiB of resident memory after each tenth, beyond that after the first
///     ClientBench BASE_URL upload FILE               KiB of peak memory above idle
///     ClientBench BASE_URL add FILE COUNT            CPU milliseconds per add to Alibaba Cloud (2019-03-25), KiB of peak memory
///     ClientBench BASE_URL cancel COUNT              milliseconds from cancel to return: median, 95 %, 99 %, worst
@main struct ClientBench {
  /// Not an asynchronous `main`, which ends the main thread: valgrind crashes then.
  static func main() {
    Task.detached {
      do {
        try await run()
        exit(0)
      } catch {
        print(error)
        exit(1)
      }
    }
    while true { pause() }
  }

  static func run() async throws {
    let arguments = CommandLine.arguments
    guard arguments.count >= 4 else { return usage() }
    let count = Int(arguments[3]) ?? 0
    switch arguments[2] {
    case "small":
      let client = try client(arguments[1])
      try await report(count) { _ = try await client.remainingSearches() }
    case "search":
      let client = try client(arguments[1])
      try await report(count) { _ = try await client.search(request) }
    case "flight": try await flight(arguments[1], count, Int(arguments[4]) ?? 200)
    case "pipeline":
      var configuration = ClientConfiguration()
      configuration.limits = RequestLimits(concurrent: 1)
      configuration.customTransport = MemoryTransport()
      let client = try TinEye(.apiKey("test-key"), baseURL: arguments[1], configuration: configuration)
      try await report(count) { _ = try await client.search(request) }
    case "growth": try await growth(arguments[1], count, Int(arguments[4]) ?? 200)
    case "upload": try await upload(arguments[1], arguments[3])
    case "add": try await add(arguments[1], arguments[3], Int(arguments[4]) ?? 10)
    case "cancel": try await cancel(arguments[1], count)
    default: usage()
    }
  }

  static let request = SearchRequest(image: .url("https://images.example/a.jpg"), limit: 100)

  static func usage() { print("ClientBench BASE_URL small|search|flight|pipeline|growth|upload|cancel …") }

  static func client(_ baseURL: String, inFlight: Int = 4) throws -> TinEye {
    var configuration = ClientConfiguration()
    configuration.limits = RequestLimits(concurrent: inFlight)
    configuration.transport.maximumConnections = inFlight
    return try TinEye(.apiKey("test-key"), baseURL: baseURL, configuration: configuration)
  }

  static func cpu() -> Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6
      + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec)
  }

  static func report(_ count: Int, _ call: @Sendable () async throws -> Void) async throws {
    for _ in 0...count / 10 { try await call() }
    let before = cpu()
    for _ in 0..<count { try await call() }
    print((cpu() - before) / Double(count))
  }

  static func many(_ client: TinEye, _ count: Int, _ inFlight: Int) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<inFlight {
        group.addTask { for _ in 0..<count / inFlight { _ = try await client.search(request) } }
      }
      try await group.waitForAll()
    }
  }

  static func flight(_ baseURL: String, _ count: Int, _ inFlight: Int) async throws {
    let client = try client(baseURL, inFlight: inFlight)
    // Opens the connections first.
    try await many(client, max(count / 10, inFlight), inFlight)
    let before = cpu()
    try await many(client, count, inFlight)
    print((cpu() - before) / Double(count))
  }

  static func growth(_ baseURL: String, _ count: Int, _ inFlight: Int) async throws {
    let client = try client(baseURL, inFlight: inFlight)
    var figures: [Int] = []
    for _ in 0..<10 {
      try await many(client, count / 10, inFlight)
      figures.append(memory("VmRSS"))
    }
    print(figures.map { String($0 - figures[0]) }.joined(separator: " "))
  }

  static func upload(_ baseURL: String, _ file: String) async throws {
    let client = try client(baseURL)
    _ = try await client.remainingSearches()
    let before = memory("VmHWM")
    _ = try await client.search(SearchRequest(image: .file(file)))
    print(memory("VmHWM") - before)
  }

  static func add(_ baseURL: String, _ file: String, _ count: Int) async throws {
    var configuration = ClientConfiguration()
    configuration.limits = RequestLimits(concurrent: 1)
    var options = AlibabaCloud.Options()
    options.endpoint = baseURL
    options.apiVersion = .v20190325
    let client = try AlibabaCloud(
      AlibabaCloudCredentials(accessKeyID: "testid", accessKeySecret: "testsecret"), instance: "demo",
      options: options, configuration: configuration)
    let idle = memory("VmHWM")
    let before = cpu()
    for _ in 0..<count {
      let item = ImageItem(itemID: "1000", images: [.init(name: "image", source: .file(file))])
      let report = try await client.addImages([item])
      if report.failedCount > 0 { return print(report.entries) }
    }
    print((cpu() - before) / 1000 / Double(count), memory("VmHWM") - idle)
  }

  /// `BASE_URL` leads to a server that accepts and never answers.
  static func cancel(_ baseURL: String, _ count: Int) async throws {
    let client = try client(baseURL, inFlight: 2)
    let clock = ContinuousClock()
    var waits: [Double] = []
    for i in 0..<count {
      let task = Task { try await client.search(request) }
      try await Task.sleep(for: .milliseconds(5 + i % 10))
      let before = clock.now
      task.cancel()
      _ = try? await task.value
      let passed = clock.now - before
      waits.append(Double(passed.components.attoseconds) / 1e15 + Double(passed.components.seconds) * 1e3)
    }
    waits.sort()
    print(waits[count / 2], waits[count * 95 / 100], waits[count * 99 / 100], waits[count - 1])
  }

  static func memory(_ field: String) -> Int {
    guard let file = fopen("/proc/self/status", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, 256, file) != nil {
      let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      if text.hasPrefix(field + ":") { return Int(text.split(whereSeparator: \.isWhitespace)[1]) ?? 0 }
    }
    return 0
  }
}
