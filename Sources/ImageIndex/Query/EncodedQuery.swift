#if LocalIndex
  import ImageMatching
  import ImageSearch

  /// A query as bytes, so that its features are computed once and searched with in many indexes.
  ///
  /// Little-endian, sizes in bytes: the header of ``SealedForm`` 32, digest 32, flags 4, number of passes 4, then for each pass its kind 4,
  /// its length 4 and its bytes.
  struct EncodedQuery {
    /// The kind of a pass.
    enum Kind: UInt32 {
      case first
      /// The outline and the negative of the first pass; encoded without bytes, since they are derived.
      case outline
      case negative
      case stretched
      /// A rectangle in the image that looks like an image of its own, and a part of the image; all of them are searched in one step.
      case inner
      case part

      var isDerived: Bool { self == .outline || self == .negative }
    }

    /// SHA-256 of the image's bytes; `nil` for a region, which is not the whole image.
    var digest: [UInt8]?
    /// Why there are no passes.
    var unmatchable: Unmatchable?
    /// The passes in the order in which they are searched with.
    private(set) var looks: [(kind: Kind, features: QueryFeatures?)] = []

    /// Why an image can only be found by its digest.
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
      magic: Array("imgquery".utf8), version: 2, sizes: headerLength...mostBytes, damaged: damaged, other: other)
    private static let headerLength = 72
    private static let lookHeaderLength = 8
    /// Maximum number of passes of one query; a thorough search has at most 19.
    private static let mostLooks = 20
    /// Maximum size in bytes.
    static let mostBytes = headerLength + mostLooks * (lookHeaderLength + QueryFeatures.mostEncodedBytes)

    init() {}

    mutating func append(_ kind: Kind, _ features: QueryFeatures?) { looks.append((kind, features)) }

    /// Whether no pass has pixels.
    var isCompact: Bool { !looks.contains { $0.features?.hasPixels ?? false } }

    /// The queries of each step, in the order of the search.
    var steps: [[QueryFeatures]] {
      var steps: [[QueryFeatures]] = []
      var parts: [QueryFeatures] = []
      let first = looks.first?.features
      for look in looks {
        let features = look.kind == .first ? look.features : look.features.map { first.map($0.after) ?? $0 }
        switch look.kind {
        case .first, .stretched: steps.append(features.map { [$0] } ?? [])
        case .outline: steps.append(first.map { [$0.outline] } ?? [])
        case .negative: steps.append(first.map { [$0.negative] } ?? [])
        case .inner: if let features { parts.append(features.withOutline) }
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

    /// Decodes a query; the bytes may be untrusted, and are validated completely.
    ///
    /// - Throws: ``ImageSearchError/Code/indexVersionMismatch`` for one of another version, ``ImageSearchError/Code/invalidArgument``
    ///   for bytes that ``bytes(compact:)`` cannot return.
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
          kind.rawValue >= looks.last?.kind.rawValue ?? 0, !kind.isDerived || length == 0,
          kind != .part && kind != .inner && kind != .first || length > 0
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
