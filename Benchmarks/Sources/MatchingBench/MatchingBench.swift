import Glibc
import ImageMatching
import Rasters

/// Measures the matcher alone on images as PGM files.
///
///     MatchingBench search FOLDER ...   reads FOLDER/index.txt and FOLDER/queries.txt (one path per line), writes FOLDER/answers.tsv
///     MatchingBench alone FOLDER ...    compares each query of FOLDER/pairs.txt with the image after the tab alone, writes FOLDER/alone.tsv
///     MatchingBench stored FOLDER ...   the same from stored features alone, writes FOLDER/stored.tsv
///     MatchingBench explain FOLDER …    explains for each copy in FOLDER/scale-queries.txt why its original is found or not
///     MatchingBench scale FOLDER COUNT … the same images and queries among COUNT others, see ``ScaleTrial``; COUNT:FEATURES gives those
///                                       fewer features, where memory is short
///     MatchingBench codes COUNT …       global codes by scan and by bands, see ``CodeTrial``; with FOLDER instead of COUNT, those of its images
///     MatchingBench descriptors FILE …  writes FILE.desc beside each, little-endian floats for learn_descriptor_bits.py
@main struct MatchingBench {
  static func main() {
    let arguments = CommandLine.arguments
    switch arguments.dropFirst().first {
    case "search" where arguments.count >= 3: for folder in arguments.dropFirst(2) { search(folder, stored: false) }
    case "stored" where arguments.count >= 3: for folder in arguments.dropFirst(2) { search(folder, stored: true) }
    case "explain" where arguments.count >= 3: for folder in arguments.dropFirst(2) { explain(folder) }
    case "alone" where arguments.count >= 3: for folder in arguments.dropFirst(2) { alone(folder) }
    case "compared" where arguments.count >= 3: for folder in arguments.dropFirst(2) { compared(folder) }
    case "scale" where arguments.count > 3:
      for argument in arguments.dropFirst(3) {
        let numbers = argument.split(separator: ":").compactMap { Int($0) }
        guard let count = numbers.first else { continue }
        scale(arguments[2], count, features: numbers.dropFirst().first ?? FeatureExtractor.indexCount)
      }
    case "codes" where arguments.count >= 3:
      for argument in arguments.dropFirst(2) {
        guard let count = Int(argument) else {
          let images = ["index", "queries"].map { PGM.lines("\(argument)/\($0).txt").compactMap { PGM.read($0) } }
          print(CodeTrial.compare(images[0], images[1]))
          continue
        }
        print(CodeTrial.measure(max(100, count), milliseconds: milliseconds))
      }
    case "descriptors": for path in arguments.dropFirst(2) { dump(path) }
    default: print("usage: MatchingBench search FOLDER | scale FOLDER COUNT ... | descriptors FILE ...")
    }
  }

  /// CPU time, because the machine may be busy.
  private static func milliseconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) * 1e3 + Double(time.tv_nsec) / 1e6
  }

  private static func search(_ folder: String, stored: Bool) {
    let indexed = PGM.lines(folder + "/index.txt")
    let queries = PGM.lines(folder + "/queries.txt")
    var trial = MatchingTrial(milliseconds: milliseconds)
    var plain = 0
    var spent = 0.0
    for (number, path) in indexed.enumerated() {
      guard let image = PGM.read(path) ?? GrayImage(width: 0, height: 0, pixels: []) else { continue }
      let start = milliseconds()
      plain += trial.add([image])
      spent += milliseconds() - start
      if let thumbnail = thumbnail(of: path) { trial.add(thumbnail: thumbnail, of: number) }
    }
    let n = Double(max(1, indexed.count))
    print("\(indexed.count) indexed, \(plain) too plain, \(spent / n) ms and \(Double(trial.bytes) / n) bytes each")
    guard let out = fopen(folder + (stored ? "/stored.tsv" : "/answers.tsv"), "w") else { return }
    defer { fclose(out) }
    for path in queries {
      guard let image = PGM.read(path) else { continue }
      for (number, m) in (stored ? trial.searchStored(image) : trial.search(image)).prefix(12) {
        let numbers = [m.evidence] + m.measures
        fputs(
          "\(path)\t\(indexed[number])\t\(m.confidence)\t\(m.score)\t\(m.inliers)\t\(m.queryOverlap)\t\(m.matchOverlap)\t"
            + "\(m.kind.rawValue)\t\(numbers.map { "\($0)" }.joined(separator: " "))\n",
          out)
      }
    }
    let q = Double(max(1, queries.count))
    let s = trial.stages
    print(
      "per query in CPU ms: features \(s.features / q), votes \(s.candidates / q), verification \(s.verification / q), detail \(trial.compared / q), second looks \(trial.again / q)"
    )
  }

  /// NAME.thumbnail.pgm beside NAME.pgm: the thumbnail as it would be decoded; without one no detail is compared.
  private static func thumbnail(of path: String) -> GrayImage? { PGM.read("\(path.dropLast(4)).thumbnail.pgm") }

  private static func alone(_ folder: String) {
    let indexed = PGM.lines(folder + "/index.txt")
    var trial = MatchingTrial(milliseconds: milliseconds)
    var numbers: [String: Int] = [:]
    for (number, path) in indexed.enumerated() {
      _ = trial.add([PGM.read(path) ?? GrayImage(width: 0, height: 0, pixels: [])].compactMap { $0 })
      if let thumbnail = thumbnail(of: path) { trial.add(thumbnail: thumbnail, of: number) }
      numbers[path] = number
    }
    guard let out = fopen(folder + "/alone.tsv", "w") else { return }
    defer { fclose(out) }
    for line in PGM.lines(folder + "/pairs.txt") {
      let parts = line.split(separator: "\t").map(String.init)
      guard parts.count == 2, let number = numbers[parts[1]], let image = PGM.read(parts[0]) else { continue }
      guard let (before, after, detail) = trial.alone(image, with: number) else { continue }
      fputs(
        "\(line)\t\(before.confidence)\t\(before.kind.rawValue)\t\(after.confidence)\t\(after.kind.rawValue)\t\(detail)\n",
        out)
    }
  }

  private static func compared(_ folder: String) {
    let indexed = PGM.lines(folder + "/index.txt")
    var trial = MatchingTrial(milliseconds: milliseconds)
    for path in indexed {
      _ = trial.add([PGM.read(path) ?? GrayImage(width: 0, height: 0, pixels: [])].compactMap { $0 })
    }
    guard let out = fopen(folder + "/compared.tsv", "w") else { return }
    defer { fclose(out) }
    for path in PGM.lines(folder + "/queries.txt") {
      guard let image = PGM.read(path) else { continue }
      for line in trial.compared(image) { fputs("\(path)\t\(indexed[line.number])\t\(line.text)\n", out) }
    }
  }

  private static func explain(_ folder: String) {
    let indexed = PGM.lines(folder + "/index.txt")
    var trial = MatchingTrial(milliseconds: milliseconds)
    for path in indexed {
      _ = trial.add([PGM.read(path) ?? GrayImage(width: 0, height: 0, pixels: [])].compactMap { $0 })
    }
    for line in PGM.lines(folder + "/scale-queries.txt") {
      let parts = line.split(separator: "\t").map(String.init)
      guard parts.count > 1, let original = indexed.firstIndex(of: parts[1]), let image = PGM.read(parts[0]) else {
        continue
      }
      print("\(parts[0])\t\(parts[1])\t\(trial.explain(image, original: original))")
    }
  }

  /// FOLDER/scale-queries.txt: one query per line, then a tab and the indexed image that it is a copy of, or nothing.
  private static func scale(_ folder: String, _ count: Int, features: Int) {
    let paths = PGM.lines(folder + "/index.txt")
    var kept: [String] = []
    var images: [GrayImage] = []
    for path in paths.prefix(count) {
      guard let image = PGM.read(path), MatchingTrial.hasFeatures(image) else { continue }
      kept.append(path)
      images.append(image)
    }
    let start = milliseconds()
    guard let trial = ScaleTrial(images, count: count, features: features, milliseconds: milliseconds) else {
      print("\(count): fewer than the \(kept.count) real images")
      return
    }
    let built = milliseconds() - start
    trial.withTables { searchScaled(trial, $0, kept, queries: folder + "/scale-queries.txt", built: Int(built)) }
  }

  private static func searchScaled(
    _ trial: ScaleTrial, _ tables: [CandidateSearch.Table], _ kept: [String], queries: String, built: Int
  ) {
    var trial = trial
    var (copies, found, strangers, answered) = (0, 0, 0, 0)
    for line in PGM.lines(queries) {
      let parts = line.split(separator: "\t").map(String.init)
      guard let path = parts.first, let image = PGM.read(path) else { continue }
      let best = trial.search(image, in: tables).first?.number
      if parts.count > 1 {
        copies += 1
        if let best, best < kept.count, kept[best] == parts[1] { found += 1 }
      } else {
        strangers += 1
        if best != nil { answered += 1 }
      }
    }
    let q = Double(max(1, copies + strangers))
    let s = trial.stages
    print(
      "\(trial.count) images of at most \(trial.most) features, built in \(built) ms: features \(s.features / q), "
        + "votes \(s.candidates / q), verification \(s.verification / q) CPU ms a query; \(resident()) MiB resident; "
        + "\(found) of \(copies) copies found, \(answered) of \(strangers) strangers answered")
  }

  private static func resident() -> Int {
    let pages = PGM.lines("/proc/self/statm").first?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    return (pages * Int(sysconf(Int32(_SC_PAGESIZE)))) >> 20
  }

  private static func dump(_ path: String) {
    guard let image = PGM.read(path), let out = fopen(path + ".desc", "wb") else { return }
    defer { fclose(out) }
    let values = MatchingTrial.descriptors(image)
    fwrite(values, MemoryLayout<Float>.size, values.count, out)
  }
}
