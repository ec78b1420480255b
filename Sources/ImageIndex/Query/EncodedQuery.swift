#if LocalIndex
  import ImageMatching
  import ImageSearch

  /// A query as bytes: what is known of an image that is looked for, so that it is described once and searched in many indexes.
  ///
  /// Little-endian: "imgquery", version of the form 4, CRC-32C of all that follows 4, length 8, version of the matcher 8, digest 32,
  /// flags 4, number of looks 4, then for each look its kind 4, its length 4 and its bytes.
  struct EncodedQuery {
    /// How an image is looked at.
    enum Kind: UInt32 {
      case first
      /// The first as a negative; it has no bytes of its own.
      case negative
      case stretched
      /// All parts are one step.
      case part
    }

    /// SHA-256 of the image's bytes; `nil` for a part of an image, which is not the image.
    var digest: [UInt8]?
    /// Why there are no looks.
    var unmatchable: Unmatchable?
    /// In the order in which they are looked at.
    private(set) var looks: [(kind: Kind, features: QueryFeatures?)] = []

    /// An image that only its digest can find.
    enum Unmatchable: UInt32 {
      case tooSimple = 1
      case tooSmall = 2

      var error: ImageSearchError {
        switch self {
        case .tooSimple: .local(.imageTooSimple, "The image is too simple to be matched")
        case .tooSmall: .local(.imageTooSmall, "The image is too small to be matched")
        }
      }
    }

    static let form = SealedForm(
      magic: Array("imgquery".utf8), version: 1, sizes: headerLength...mostBytes, damaged: damaged, other: other)
    private static let headerLength = 72
    private static let lookHeaderLength = 8
    /// Looks of one query; the most that a thorough search has are 13.
    private static let mostLooks = 16
    /// Longer bytes are no query.
    static let mostBytes = headerLength + mostLooks * (lookHeaderLength + QueryFeatures.mostEncodedBytes)

    init() {}

    mutating func append(_ kind: Kind, _ features: QueryFeatures?) { looks.append((kind, features)) }

    /// Whether it has no pixels.
    var isCompact: Bool { !looks.contains { $0.features?.hasPixels ?? false } }

    /// The queries of each step, the first one first.
    var steps: [[QueryFeatures]] {
      var steps: [[QueryFeatures]] = []
      var parts: [QueryFeatures] = []
      let first = looks.first?.features
      for look in looks {
        let features = look.kind == .first ? look.features : look.features.map { first.map($0.after) ?? $0 }
        switch look.kind {
        case .first, .stretched: steps.append(features.map { [$0] } ?? [])
        case .negative: steps.append(first.map { [$0.negative] } ?? [])
        case .part: if let features { parts.append(features) }
        }
      }
      return parts.isEmpty ? steps : steps + [parts]
    }

    /// - Parameter compact: see ``QueryFeatures/encoded(compact:)``.
    func bytes(compact: Bool) -> [UInt8] {
      var body = LittleEndianBytes()
      body.bytes += digest ?? [UInt8](repeating: 0, count: 32)
      body.put(UInt32(digest == nil ? 0 : 1) | (unmatchable?.rawValue ?? 0) << 8)
      body.put(UInt32(truncatingIfNeeded: looks.count))
      for look in looks {
        let bytes = look.features?.encoded(compact: compact) ?? []
        body.put(look.kind.rawValue)
        body.put(UInt32(truncatingIfNeeded: bytes.count))
        body.bytes += bytes
      }
      return Self.form.bytes(body.bytes)
    }

    /// Reads a query; everything is checked, for it may come from anybody.
    ///
    /// - Throws: ``ImageSearchError/Code/indexVersionMismatch`` for one of another version, ``ImageSearchError/Code/invalidArgument``
    ///   for all else that ``bytes(compact:)`` cannot have made.
    init(_ bytes: [UInt8]) throws {
      self = try bytes.withUnsafeBytes { try EncodedQuery($0) }
    }

    private init(_ bytes: UnsafeRawBufferPointer) throws {
      try Self.form.check(bytes)
      var reader = LittleEndianReader(UnsafeRawBufferPointer(rebasing: bytes[64...]))
      let flags = reader.next(UInt32.self)
      guard flags & ~0x301 == 0, flags >> 8 != 3 else { throw Self.damaged("its flags are \(flags)") }
      let hash = Array(bytes[32..<64])
      guard flags & 1 == 1 || hash.allSatisfy({ $0 == 0 }) else { throw Self.damaged("its digest is not meant") }
      digest = flags & 1 == 1 ? hash : nil
      unmatchable = Unmatchable(rawValue: flags >> 8)
      try readLooks(bytes, count: Int(reader.next(UInt32.self)))
    }

    private mutating func readLooks(_ bytes: UnsafeRawBufferPointer, count: Int) throws {
      guard count <= Self.mostLooks, (count == 0) == (unmatchable != nil), count > 0 || digest != nil else {
        throw Self.damaged("it has \(count) looks")
      }
      var place = Self.headerLength
      for number in 0..<count {
        guard bytes.count - place >= Self.lookHeaderLength else { throw Self.damaged("look \(number) is cut") }
        var reader = LittleEndianReader(UnsafeRawBufferPointer(rebasing: bytes[place..<place + Self.lookHeaderLength]))
        let kind = Kind(rawValue: reader.next(UInt32.self))
        let length = Int(reader.next(UInt32.self))
        place += Self.lookHeaderLength
        guard let kind, length <= bytes.count - place, (kind == .first) == (number == 0),
          kind.rawValue >= looks.last?.kind.rawValue ?? 0, kind != .negative || length == 0,
          kind != .part && kind != .first || length > 0
        else { throw Self.damaged("look \(number)") }
        let body = UnsafeRawBufferPointer(rebasing: bytes[place..<place + length])
        append(kind, length == 0 ? nil : try Self.features(body))
        place += length
      }
      guard place == bytes.count else { throw Self.damaged("there is more than its looks") }
    }

    private static func features(_ bytes: UnsafeRawBufferPointer) throws -> QueryFeatures {
      do {
        return try QueryFeatures(encoded: bytes)
      } catch MatchingError.otherVersion(let version) {
        throw other("holds features of version \(version)", "compares another one")
      } catch {
        throw damaged("\(error)")
      }
    }

    @Sendable private static func damaged(_ what: String) -> ImageSearchError {
      .local(.invalidArgument, "The bytes are no encoded query: \(what)")
    }

    @Sendable private static func other(_ theirs: String, _ ours: String) -> ImageSearchError {
      .local(.indexVersionMismatch, "The query \(theirs), this library \(ours); encode it with this version")
    }
  }
#endif
