#if LocalIndex
  import ImageMatching
  import ImageSearch

  /// The common header of all bytes exchanged between indexes: format and version, length and checksum, and the version of the features.
  ///
  /// Little-endian, sizes in bytes: magic 8, version of the format 4, CRC-32C of everything after it 4, length 8, version of the matcher 8.
  struct SealedForm: Sendable {
    /// Eight bytes that identify the format.
    let magic: [UInt8]
    let version: UInt32
    /// The valid total sizes in bytes.
    let sizes: ClosedRange<Int>
    /// Returns the error for invalid bytes.
    let damaged: @Sendable (_ what: String) -> ImageSearchError
    /// Returns the error for bytes of another version.
    let other: @Sendable (_ theirs: String, _ ours: String) -> ImageSearchError

    /// Size of the header in bytes.
    static let headerLength = 32

    func bytes(_ content: [UInt8]) -> [UInt8] {
      var all = LittleEndianBytes()
      all.bytes += magic
      all.put(version)
      all.put(UInt32(0))
      all.put(UInt64(0))
      all.put(MatchEngine.version)
      all.bytes += content
      seal(&all.bytes)
      return all.bytes
    }

    /// Sets length and checksum.
    func seal(_ bytes: inout [UInt8]) {
      guard bytes.count >= sizes.lowerBound else { return }
      var numbers = LittleEndianBytes()
      numbers.put(UInt64(bytes.count))
      bytes.replaceSubrange(16..<24, with: numbers.bytes)
      let sum = bytes.withUnsafeBytes { CRC32C.checksum(UnsafeRawBufferPointer(rebasing: $0[16...])) }
      numbers = LittleEndianBytes()
      numbers.put(sum)
      bytes.replaceSubrange(12..<16, with: numbers.bytes)
    }

    /// Validates the header.
    ///
    /// - Throws: ``ImageSearchError/Code/indexVersionMismatch``, ``ImageSearchError/Code/invalidArgument``.
    func check(_ bytes: UnsafeRawBufferPointer) throws {
      guard bytes.count >= sizes.lowerBound, bytes.prefix(8).elementsEqual(magic) else {
        throw damaged("it does not begin as one")
      }
      guard bytes.count <= sizes.upperBound else {
        throw damaged("it has \(bytes.count) bytes, the most are \(sizes.upperBound)")
      }
      var reader = LittleEndianReader(UnsafeRawBufferPointer(rebasing: bytes[8...]))
      let form = reader.next(UInt32.self)
      guard form == version else { throw other("has the form \(form)", "reads the form \(version)") }
      let sum = reader.next(UInt32.self)
      guard reader.next(UInt64.self) == UInt64(bytes.count) else { throw damaged("it was cut") }
      guard CRC32C.checksum(UnsafeRawBufferPointer(rebasing: bytes[16...])) == sum else {
        throw damaged("its checksum is wrong")
      }
      let matcher = reader.next(Int64.self)
      guard matcher == MatchEngine.version else {
        throw other("holds features of version \(matcher)", "compares version \(MatchEngine.version)")
      }
    }
  }
#endif
