extension HeaderParser {
  /// TIFF 6.0, sections 2 and 8, and BigTIFF. The first page is used.
  static let tiff = HeaderParser(
    format: .tiff,
    recognises: { start in
      guard
        [[0x49, 0x49, 0x2A, 0], [0x4D, 0x4D, 0, 0x2A], [0x49, 0x49, 0x2B, 0], [0x4D, 0x4D, 0, 0x2B]]
          .contains(where: { start.starts(with: $0) })
      else { return false }
      // Canon's raw images have the structure of TIFF.
      return !start.dropFirst(8).starts(with: "CR".utf8)
    },
    parse: { reader in
      let structure = try reader.needed(TIFFStructure(reader, from: 0, to: reader.count))
      let first = try reader.needed(structure.firstOffset())
      guard let directory = try structure.directory(at: first), directory.isComplete else {
        throw ImageFormatError(
          .truncated,
          "the \(reader.format.name) image is damaged: its first directory is cut short or outside of its \(reader.count) bytes"
        )
      }
      guard let width = directory.numbers[TIFFStructure.Tag.width],
        let height = directory.numbers[TIFFStructure.Tag.height]
      else {
        throw reader.corrupt("its first directory does not say how large it is")
      }
      // A cyclic chain ends at the limit.
      var frames = 1
      var next = directory.next
      while frames < reader.frameLimit, next > 0, let following = try structure.directory(at: next) {
        frames += 1
        next = following.next
      }
      return try reader.header(
        width: width, height: height, frameCount: frames, exif: ExifData(directory, of: structure))
    })
}
