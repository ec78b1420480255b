import CMappedFile
import Glibc
import ImageMatching

@testable import ImageIndex

/// A segment from a file of any bytes: it is rejected, or all of it can be read and searched.
func fuzzSegment(_ data: UnsafePointer<UInt8>?, _ size: Int) -> Int32 {
  var bytes = [UInt8](UnsafeBufferPointer(start: data, count: size))
  search(bytes)
  // Random inputs hardly ever pass the checksums, which would keep the fuzzer from the code after them.
  if repairChecksums(&bytes) { search(bytes) }
  return 0
}

private let file: (directory: String, name: String) = {
  // In memory, because a fuzzer opens it ten thousand times per second.
  ("/dev/shm", "imagesearch-fuzz-\(getpid()).segment")
}()

private func search(_ bytes: [UInt8]) {
  let path = file.directory + "/" + file.name
  guard let stream = fopen(path, "w") else { fatalError("\(path) cannot be written") }
  fwrite(bytes, 1, bytes.count, stream)
  fclose(stream)
  defer { unlink(path) }
  let header = bytes.withUnsafeBytes { SegmentHeader($0) }
  guard
    let segment = try? Segment(
      directory: file.directory, name: file.name, firstImage: header?.firstImage ?? 1,
      lastImage: header?.lastImage ?? 3)
  else { return }
  for image in 0..<segment.count {
    _ = segment.category(image)
    guard segment.image(ofRow: segment.id(image)) == image else { fatalError("a row is not where it is") }
  }
  guard let query = FuzzedImages.query, let table = try? segment.table() else { return }
  for candidate in CandidateSearch.candidates(for: query, in: [table]) {
    guard candidate.image >= 0, candidate.image < segment.count else { fatalError("image \(candidate.image)") }
  }
  _ = segment.isDamaged
}

/// Corrects all checksums of the sections that are inside the file according to the header.
private func repairChecksums(_ bytes: inout [UInt8]) -> Bool {
  guard bytes.count >= SegmentHeader.size else { return false }
  return bytes.withUnsafeMutableBytes { raw in
    func word(_ offset: Int) -> Int { Int(raw.loadUnaligned(fromByteOffset: offset, as: UInt32.self)) }
    func put(_ value: UInt32, _ offset: Int) { raw.storeBytes(of: value, toByteOffset: offset, as: UInt32.self) }
    raw.storeBytes(of: MatchEngine.segmentVersion, toByteOffset: 8, as: UInt32.self)
    raw.storeBytes(of: MatchEngine.segmentParameters, toByteOffset: 12, as: UInt32.self)
    if let postings = Int(exactly: raw.loadUnaligned(fromByteOffset: 40, as: UInt64.self)),
      let layout = SegmentLayout(images: word(32), prefixBits: word(36), postings: postings),
      layout.size == raw.count
    {
      raw.storeBytes(of: UInt64(raw.count), toByteOffset: 48, as: UInt64.self)
      func checksum(_ part: Range<Int>) -> UInt32 { CRC32C.checksum(UnsafeRawBufferPointer(rebasing: raw[part])) }
      for block in 0..<layout.blocks {
        put(Segment.check(of: block, layout, raw), layout.checks.lowerBound + 4 * block)
      }
      put(checksum(layout.ids.lowerBound..<layout.categories.upperBound), 56)
      put(checksum(layout.codes), 60)
      put(checksum(layout.starts), 64)
      put(checksum(layout.checks), 68)
    }
    put(CRC32C.checksum(UnsafeRawBufferPointer(rebasing: raw[0..<SegmentHeader.size - 4])), SegmentHeader.size - 4)
    return true
  }
}

func seedsOfSegment() -> [(String, [UInt8])] {
  (0...3).map { count in
    let images = FuzzedImages.features.prefix(count)
    let rows: SegmentBuilder.Rows = { body in
      for (number, features) in images.enumerated() {
        try features.bytes.withUnsafeBytes { try body(Int64(number + 1), number == 1 ? 7 : nil, $0) }
      }
    }
    guard let builder = try? SegmentBuilder(firstImage: 1, lastImage: 3, expected: count, rows: rows),
      let memory = try? builder.build(rows: rows, allocate: { try SegmentMemory(size: $0) })
    else { fatalError("the seeds cannot be made") }
    return ("\(count)", Array(memory.bytes))
  }
}
