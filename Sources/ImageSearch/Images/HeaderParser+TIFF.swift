extension HeaderParser {
  /// TIFF 6.0, sections 2 and 8. The first page counts.
  static let tiff = HeaderParser(
    format: .tiff,
    recognises: { start in
      guard start.starts(with: [0x49, 0x49, 0x2A, 0]) || start.starts(with: [0x4D, 0x4D, 0, 0x2A]) else { return false }
      // Canon's raw images are built as TIFF.
      return !start.dropFirst(8).starts(with: "CR".utf8)
    },
    parse: { reader in
      let structure = try reader.needed(TIFFStructure(reader, from: 0, to: reader.count))
      let directory = try structure.firstDirectory()
      guard directory.isComplete else {
        throw reader.corrupt("its first directory is cut short or outside of its \(reader.count) bytes")
      }
      guard let width = directory.values[TIFFStructure.widthTag], let height = directory.values[TIFFStructure.heightTag]
      else {
        throw reader.corrupt("its first directory does not say how large it is")
      }
      return try reader.header(width: width, height: height, orientation: directory.orientation ?? 1)
    })
}
