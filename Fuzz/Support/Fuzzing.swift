import CFuzzDriver
import Glibc

/// Fuzzes one parser, named by `IMAGESEARCH_FUZZ_TARGET`; the arguments are libFuzzer's. scripts/fuzz.sh builds and runs it.
@main
enum Fuzzing {
  private struct Target {
    /// Runs the target on one input.
    let run: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
    /// The initial corpus by names.
    let seeds: () -> [(String, [UInt8])]
  }

  private static func targets() -> [String: Target] {
    [
      "alibaba-answers": Target(run: { fuzzAlibabaAnswers($0, $1) }, seeds: seedsOfAlibabaAnswers),
      "c-calls": Target(run: { fuzzCCalls($0, $1) }, seeds: { [] }),
      "decoder": Target(run: { fuzzDecoder($0, $1) }, seeds: seedsOfDecoder),
      "encoded-query": Target(run: { fuzzEncodedQuery($0, $1) }, seeds: seedsOfEncodedQuery),
      "features": Target(run: { fuzzFeatures($0, $1) }, seeds: seedsOfFeatures),
      "headers": Target(run: { fuzzHeaders($0, $1) }, seeds: seedsOfHeaders),
      "index-directory": Target(run: { fuzzIndexDirectory($0, $1) }, seeds: seedsOfIndexDirectory),
      "json": Target(run: { fuzzJSON($0, $1) }, seeds: seedsOfJSON),
      "packed-body": Target(run: { fuzzPackedBody($0, $1) }, seeds: { [] }),
      "partial-search": Target(run: { fuzzPartialSearch($0, $1) }, seeds: seedsOfPartialSearch),
      "segment": Target(run: { fuzzSegment($0, $1) }, seeds: seedsOfSegment),
      "sniffing": Target(run: { fuzzSniffing($0, $1) }, seeds: seedsOfSniffing),
      "tineye-answers": Target(run: { fuzzTinEyeAnswers($0, $1) }, seeds: seedsOfTinEyeAnswers),
      "tmapi-answers": Target(run: { fuzzTMAPIAnswers($0, $1) }, seeds: seedsOfTMAPIAnswers),
      "urls": Target(run: { fuzzURLs($0, $1) }, seeds: seedsOfURLs),
    ]
  }

  static func main() {
    guard let name = getenv("IMAGESEARCH_FUZZ_TARGET"), let target = targets()[String(cString: name)] else {
      let words = Array(
        "IMAGESEARCH_FUZZ_TARGET must be one of \(targets().keys.sorted().joined(separator: ", "))\n".utf8)
      _ = Glibc.write(2, words, words.count)
      exit(2)
    }
    if let folder = getenv("IMAGESEARCH_FUZZ_SEEDS") { write(target.seeds(), to: String(cString: folder)) }
    var count = CommandLine.argc
    var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
    exit(LLVMFuzzerRunDriver(&count, &arguments, target.run))
  }

  private static func write(_ seeds: [(String, [UInt8])], to folder: String) {
    for (name, bytes) in seeds {
      guard let file = fopen(folder + "/seed-" + name, "w") else { continue }
      fwrite(bytes, 1, bytes.count, file)
      fclose(file)
    }
  }
}

/// Texts as seeds, named by their position.
func numbered(_ texts: [String]) -> [(String, [UInt8])] { texts.enumerated().map { ("\($0)", Array($1.utf8)) } }
