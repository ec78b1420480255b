#if LocalIndex
  import ImageCodecs
  import ImageMatching
  import ImageSearch
  import Rasters

  /// A partial search as bytes.
  ///
  /// Little-endian, sizes in bytes: the header of ``SealedForm`` 32, digest 32, population 8, flags 4, number of identical images 8, number of
  /// records of identical images 4 and of other images 4, number of steps 4, the number of queries of each step 4; the records; then for each
  /// query of each step the number of entries 4, and for each entry its record 4 and its finding.
  extension PartialSearch {
    static let form = SealedForm(
      magic: Array("imgparts".utf8), version: 3, sizes: headerLength...mostBytes, damaged: damaged, other: other)
    private static let headerLength = 96
    /// Maximum number of steps of a query, and of queries of a step.
    private static let mostSteps: UInt32 = 16
    /// Maximum size in bytes.
    static let mostBytes = 256 << 20
    private static let noRecord = UInt32.max
    private static let noText = UInt32.max
    /// Minimum sizes of a record and of an entry, which limit their numbers.
    private static let leastRecord = 76
    private static let leastEntry = 4 + EncodedFinding.leastBytes
    /// Memory of a record, and of an entry with all its squares, both without what is as long as its bytes.
    private static let recordMemory = 512
    private static let entryMemory = 1024 + 8 * EncodedFinding.squares
    /// Flags: 1 has a digest, 2 ``isApproximate``, 4 ``lacksWitnesses``; from the ninth bit on, ``unmatchable``.
    private static let flagBits: (digest: UInt32, approximate: UInt32, witnesses: UInt32) = (1, 2, 4)

    /// Encodes the partial search.
    ///
    /// - Throws: ``ImageSearchError/Code/internalFailure`` when it would have more than ``mostBytes``.
    func bytes() throws -> [UInt8] {
      var body = LittleEndianBytes()
      body.bytes += digest ?? [UInt8](repeating: 0, count: ImageRecord.digestSize)
      body.put(Int64(population))
      body.put(
        (digest == nil ? 0 : Self.flagBits.digest) | (isApproximate ? Self.flagBits.approximate : 0)
          | (lacksWitnesses ? Self.flagBits.witnesses : 0)
          | (unmatchable?.rawValue ?? 0) << 8)
      body.put(Int64(identicalCount))
      body.put(UInt32(truncatingIfNeeded: identical.count))
      body.put(UInt32(truncatingIfNeeded: records.count))
      body.put(UInt32(truncatingIfNeeded: steps.count))
      for step in steps { body.put(UInt32(truncatingIfNeeded: step.count)) }
      for record in identical + records { Self.put(record, into: &body) }
      for entries in steps.joined() {
        body.put(UInt32(truncatingIfNeeded: entries.count))
        for entry in entries {
          body.put(entry.record.map { UInt32(truncatingIfNeeded: $0) } ?? Self.noRecord)
          EncodedFinding.encode(entry.finding, into: &body)
        }
      }
      let length = SealedForm.headerLength + body.bytes.count
      guard length <= Self.mostBytes else {
        throw ImageSearchError.local(
          .internalFailure, "The partial search has \(length) bytes, the most are \(Self.mostBytes)")
      }
      return Self.form.bytes(body.bytes)
    }

    /// Decodes a partial search; the bytes may be untrusted, and are validated completely.
    ///
    /// - Throws: ``ImageSearchError/Code/indexVersionMismatch`` for one of another version, ``ImageSearchError/Code/invalidArgument``
    ///   for bytes that ``bytes()`` cannot return.
    init(_ bytes: [UInt8]) throws {
      self = try bytes.withUnsafeBytes { try PartialSearch($0) }
    }

    private init(_ bytes: UnsafeRawBufferPointer) throws {
      try Self.form.check(bytes)
      memory = [try Self.promised(2 * bytes.count)]
      var reader = Reader(bytes, from: SealedForm.headerLength)
      let hash = Array(try reader.slice(ImageRecord.digestSize))
      population = try reader.number(1...Int64.max)
      let flags = try reader.next(UInt32.self)
      guard flags & ~0x307 == 0, flags >> 8 != 3 else { throw Self.damaged("its flags are \(flags)") }
      guard flags & Self.flagBits.digest != 0 || hash.allSatisfy({ $0 == 0 }) else {
        throw Self.damaged("its digest is not meant")
      }
      digest = flags & Self.flagBits.digest != 0 ? hash : nil
      isApproximate = flags & Self.flagBits.approximate != 0
      lacksWitnesses = flags & Self.flagBits.witnesses != 0
      unmatchable = EncodedQuery.Unmatchable(rawValue: flags >> 8)
      identicalCount = try reader.number(0...1 << 32)
      let counts = try (0..<2).map { _ in try reader.count(of: Self.leastRecord) }
      guard counts[0] <= identicalCount, digest != nil || identicalCount == 0 else {
        throw Self.damaged("it has \(counts[0]) of \(identicalCount) identical images")
      }
      let stepCount = try reader.next(UInt32.self)
      guard stepCount <= Self.mostSteps, (stepCount == 0) == (unmatchable != nil) else {
        throw Self.damaged("it has \(stepCount) steps")
      }
      let queries = try (0..<stepCount).map { _ in try reader.next(UInt32.self) }
      guard queries.allSatisfy({ $0 <= Self.mostSteps }) else {
        throw Self.damaged("it has steps of \(queries) queries")
      }
      memory.append(try Self.promised(Self.recordMemory * (counts[0] + counts[1])))
      identical = try (0..<counts[0]).map { _ in try reader.record() }
      records = try (0..<counts[1]).map { _ in try reader.record() }
      for count in queries { steps.append(try (0..<count).map { _ in try entries(&reader) }) }
      guard reader.isAtEnd else { throw Self.damaged("there is more than its entries") }
    }

    /// What is read may take many times the memory of its bytes, which an attacker chooses.
    private static func promised(_ byteCount: Int) throws -> WorkingMemory {
      try ImageDecodingError.translated { try WorkingMemory(byteCount) }
    }

    private mutating func entries(_ reader: inout Reader) throws -> [Entry] {
      let count = try reader.count(of: Self.leastEntry)
      memory.append(try Self.promised(Self.entryMemory * count))
      var seen: Set<UInt32> = []
      return try (0..<count).map { _ in
        let record = try reader.next(UInt32.self)
        guard record == Self.noRecord || Int(record) < records.count && seen.insert(record).inserted else {
          throw Self.damaged("an entry names the record \(record)")
        }
        return Entry(record: record == Self.noRecord ? nil : Int(record), finding: try reader.finding())
      }
    }

    private static func put(_ record: ImageRecord, into all: inout LittleEndianBytes) {
      for number in [record.width, record.height, record.byteCount] { all.put(Int64(number)) }
      all.bytes += record.digest
      for text in [record.itemID, record.name, record.format, record.category, record.customContent, record.exifDate] {
        all.put(text.map { UInt32(truncatingIfNeeded: $0.utf8.count) } ?? noText)
        if let text { all.bytes += Array(text.utf8) }
      }
    }

    @Sendable private static func damaged(_ what: String) -> ImageSearchError {
      .local(.invalidArgument, "The bytes are no partial search: \(what)")
    }

    @Sendable private static func other(_ theirs: String, _ ours: String) -> ImageSearchError {
      .local(
        .indexVersionMismatch, "The partial search \(theirs), this library \(ours); all must have the same version")
    }

    /// Reads values in sequence, with bounds checks.
    private struct Reader {
      private let bytes: UnsafeRawBufferPointer
      private var place: Int

      init(_ bytes: UnsafeRawBufferPointer, from place: Int) {
        self.bytes = bytes
        self.place = place
      }

      var isAtEnd: Bool { place == bytes.count }

      mutating func slice(_ count: Int) throws -> UnsafeRawBufferPointer {
        guard count <= bytes.count - place else { throw PartialSearch.damaged("it was cut") }
        defer { place += count }
        return UnsafeRawBufferPointer(rebasing: bytes[place..<place + count])
      }

      mutating func next<Number: FixedWidthInteger>(_ type: Number.Type) throws -> Number {
        var reader = LittleEndianReader(try slice(MemoryLayout<Number>.size))
        return reader.next(type)
      }

      mutating func number(_ range: ClosedRange<Int64>) throws -> Int {
        let number = try next(Int64.self)
        guard range.contains(number), let value = Int(exactly: number) else {
          throw PartialSearch.damaged("it has the number \(number)")
        }
        return value
      }

      /// Reads the number of elements of at least `size` bytes each; a number that cannot fit is an error.
      mutating func count(of size: Int) throws -> Int {
        let count = Int(try next(UInt32.self))
        guard count <= (bytes.count - place) / size else { throw PartialSearch.damaged("it was cut") }
        return count
      }

      mutating func finding() throws -> Finding {
        do {
          let (finding, length) = try EncodedFinding.decode(UnsafeRawBufferPointer(rebasing: bytes[place...]))
          place += length
          return finding
        } catch MatchingError.otherVersion(let version) {
          throw PartialSearch.other("holds features of version \(version)", "compares another one")
        } catch {
          throw PartialSearch.damaged("\(error)")
        }
      }

      mutating func record() throws -> ImageRecord {
        let numbers = try (0..<3).map { _ in try number(0...1 << 48) }
        let digest = Array(try slice(ImageRecord.digestSize))
        guard let item = try text(TextLimit.mostNameBytes), let name = try text(TextLimit.mostNameBytes),
          let format = try text(256)
        else { throw PartialSearch.damaged("an image has no name") }
        // A character has at most four bytes in UTF-8.
        return ImageRecord(
          itemID: item, name: name, category: try text(4 * 256), customContent: try text(4 * 4096), width: numbers[0],
          height: numbers[1], format: format, byteCount: numbers[2], digest: digest, exifDate: try text(256),
          addedAt: 0,
          engine: MatchEngine.version)
      }

      private mutating func text(_ most: Int) throws -> String? {
        let count = try next(UInt32.self)
        guard count != PartialSearch.noText else { return nil }
        guard count <= most else { throw PartialSearch.damaged("a text of \(count) bytes") }
        let bytes = try slice(Int(count))
        guard !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) else {
          throw PartialSearch.damaged("a text that is none")
        }
        return text
      }
    }
  }
#endif
