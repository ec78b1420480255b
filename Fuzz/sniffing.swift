import Glibc

@testable import ImageFormats
@testable import ImageSearch

/// A source that counts reads: a hostile header must not cause the whole image to be read repeatedly.
private final class CountingSource: ByteSource {
  private let bytes: ImageBytes
  private(set) var bytesRead = 0
  var count: Int { bytes.count }

  init(_ bytes: [UInt8]) { self.bytes = ImageBytes(bytes) }

  func read(at offset: Int, count: Int) -> [UInt8] {
    let result = bytes.read(at: offset, count: count)
    bytesRead += result.count
    return result
  }
}

/// Any bytes as an image whose header is read and checked for every service.
func fuzzSniffing(_ data: UnsafePointer<UInt8>?, _ size: Int) -> Int32 {
  let source = CountingSource([UInt8](UnsafeBufferPointer(start: data, count: size)))
  let expected: [ImageSearchError.Code] = [.emptyImage, .notAnImage, .unsupportedFormat, .corruptImage]
  do {
    let header = try ImageSearchError.translatingFormatErrors { try ImageHeader.read(from: source) }
    guard header.width > 0, header.height > 0, (1...8).contains(header.orientation), header.byteCount == size,
      header.pixelCount > 0
    else { abort() }
    for rules in [ImagePreflight.tinEye, .alibabaCloud()] { _ = try? rules.check(header) }
  } catch let error as ImageSearchError {
    guard expected.contains(error.code), !error.message.isEmpty else { abort() }
  } catch {
    abort()
  }
  // 16 384 blocks of 4 KiB, and the first read.
  guard source.bytesRead <= 65 << 20 else { abort() }
  return 0
}

func seedsOfSniffing() -> [(String, [UInt8])] {
  SampleImage.all.enumerated().compactMap { $1.bytes.count <= 65_536 ? ("\($0)", $1.bytes) : nil }
}
