import Glibc

/// Writes what fuzzing begins with into the folder that scripts/fuzz.sh names. A target has ``seeds()``.
@_cdecl("LLVMFuzzerInitialize")
public func writeSeeds(
  _ argc: UnsafeMutablePointer<Int32>?,
  _ argv: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>?
) -> Int32 {
  guard let folder = getenv("IMAGESEARCH_FUZZ_SEEDS") else { return 0 }
  for (name, bytes) in seeds() {
    guard let file = fopen(String(cString: folder) + "/seed-" + name, "w") else { continue }
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
  }
  return 0
}

/// Texts as seeds, named by their numbers.
func numbered(_ texts: [String]) -> [(String, [UInt8])] { texts.enumerated().map { ("\($0)", Array($1.utf8)) } }
