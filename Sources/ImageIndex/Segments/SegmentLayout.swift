/// The offsets of a segment's parts. Every part begins at a multiple of 8 bytes; all numbers are little-endian, like
/// the supported processors.
///
/// | part | bytes | content |
/// |---|---|---|
/// | header | 128 | see ``SegmentHeader`` |
/// | ids | 8 per image | keys of the images' rows, ascending |
/// | categories | 4 per image | keys of their categories, 0 for none |
/// | codes | 32 per image | global codes |
/// | starts | 4 per cell, plus 4 | first posting of each cell, then the number of postings |
/// | checks | 4 per block | CRC-32C of the words and frames of ``blockLength`` postings |
/// | words | 8 per posting | image number and signature |
/// | frames | 1 per posting | direction and size |
struct SegmentLayout: Sendable, Equatable {
  let images: Int
  let prefixBits: Int
  let postings: Int

  let ids: Range<Int>
  let categories: Range<Int>
  let codes: Range<Int>
  let starts: Range<Int>
  let checks: Range<Int>
  let words: Range<Int>
  let frames: Range<Int>
  /// Size of the segment in bytes.
  let size: Int

  /// Number of postings per checksum: the first access to a cell reads little more than the cell.
  static let blockLength = 512

  /// Maximum number of images in a segment: a posting has 24 bits for the image number.
  static let mostImages = 1 << 24

  /// - Returns: `nil` for numbers out of range.
  init?(images: Int, prefixBits: Int, postings: Int) {
    guard (0...Self.mostImages).contains(images), (1...24).contains(prefixBits),
      (0...Int(UInt32.max)).contains(postings)
    else { return nil }
    self.images = images
    self.prefixBits = prefixBits
    self.postings = postings
    var end = SegmentHeader.size
    func part(_ bytes: Int) -> Range<Int> {
      let start = end
      end += (bytes + 7) / 8 * 8
      return start..<start + bytes
    }
    ids = part(8 * images)
    categories = part(4 * images)
    codes = part(32 * images)
    starts = part(4 * ((1 << prefixBits) + 1))
    checks = part(4 * ((postings + Self.blockLength - 1) / Self.blockLength))
    words = part(8 * postings)
    frames = part(postings)
    size = end
  }

  var blocks: Int { checks.count / 4 }
}
