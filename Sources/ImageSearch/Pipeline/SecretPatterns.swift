import COpenSSL

/// The patterns to search for in a text: the secrets, and their base64 and hex forms. Their memory is wiped on release.
final class SecretPatterns {
  private struct Pattern {
    var range: Range<Int>
    /// Number of its bytes, from the beginning or at the end, that make a match.
    var least: Int
  }

  /// Half of a pattern: its first bytes or its last ones.
  private struct Piece {
    var pattern: Int
    var range: Range<Int>
    var isPrefix: Bool
  }

  /// All patterns, concatenated and folded like the text.
  private var bytes: [UInt8] = []
  private var patterns: [Pattern] = []
  private var pieces: [UInt32: [Piece]] = [:]
  /// Bloom filter of the first four bytes of each piece.
  private var filter = [UInt64](repeating: 0, count: 64)
  /// Length of the longest pattern.
  private var longest = 0

  init(_ secrets: [Secret], _ passing: [String]) {
    for secret in secrets { secret.withUnsafeBytes { add($0) } }
    for text in passing {
      var text = text
      text.withUTF8 { add(UnsafeRawBufferPointer($0)) }
    }
  }

  deinit { bytes.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) } }

  // MARK: - Patterns

  private func add(_ secret: UnsafeRawBufferPointer) {
    // A key of three characters would match in every sentence; nobody issues one.
    guard secret.count >= 4 else { return }
    add(count: secret.count, least: 4) { secret[$0] }
    // JavaScript's escape() and forms in a legacy encoding write a Latin-1 character as one byte.
    if secret.contains(where: { $0 >= 0x80 }) {
      let latin = String(decoding: secret, as: UTF8.self).unicodeScalars
        .flatMap { $0.value < 0x100 ? [UInt8($0.value)] : Array(String($0).utf8) }
      add(count: latin.count, least: 4) { latin[$0] }
    }
    // A secret that contains something like an escape is decoded together with the text around it.
    if secret.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "&") }) {
      var stage = DecodingStage(secret, 0..<secret.count)
      for _ in 0..<3 {
        guard let next = stage.decoded() else { break }
        stage = next
        add(count: next.bytes.count, least: 4) { next.bytes[$0] }
      }
    }
    let digits = Self.hexDigits
    add(count: 2 * secret.count, least: 8) { digits[Int($0 % 2 == 0 ? secret[$0 / 2] >> 4 : secret[$0 / 2] & 15)] }
    // The base64 digits that depend on the secret alone, when 0, 1 or 2 bytes precede it in its group of three.
    let alphabet = Self.base64Digits
    for before in 0..<3 {
      let first = (8 * before + 5) / 6
      let last = (8 * before + 8 * secret.count) / 6
      add(count: last - first, least: 6) { index in
        let bit = 6 * (first + index) - 8 * before
        let high = Int(secret[bit / 8]) << 8
        let low = bit / 8 + 1 < secret.count ? Int(secret[bit / 8 + 1]) : 0
        return alphabet[(high | low) >> (10 - bit % 8) & 63]
      }
    }
  }

  /// - Parameter least: a shorter one is omitted, because it would occur by chance.
  private func add(count: Int, least: Int, _ byte: (Int) -> UInt8) {
    let start = bytes.count
    for index in 0..<count {
      if let folded = Self.folded(byte(index)) { bytes.append(folded) }
    }
    let range = start..<bytes.count
    guard range.count >= least else { return }
    longest = max(longest, range.count)
    // Half of it, or as much of a long one as makes a chance match impossible.
    let half = range.count < 8 ? range.count : min(max(8, (range.count + 1) / 2), 64)
    patterns.append(Pattern(range: range, least: half))
    add(Piece(pattern: patterns.count - 1, range: range.lowerBound..<range.lowerBound + half, isPrefix: true))
    if half < range.count {
      add(Piece(pattern: patterns.count - 1, range: range.upperBound - half..<range.upperBound, isPrefix: false))
    }
  }

  private func add(_ piece: Piece) {
    let key = bytes[piece.range].prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    pieces[key, default: []].append(piece)
    let hash = Self.hash(key)
    filter[hash >> 6] |= 1 << UInt64(hash & 63)
  }

  private static func hash(_ key: UInt32) -> Int { Int((key &* 0x9E37_79B1) >> 20) }

  // MARK: - Searching

  /// The ranges of the secrets, in ascending order and without overlap.
  func places(in text: UnsafeRawBufferPointer) -> [Range<Int>] {
    guard !patterns.isEmpty else { return [] }
    var places: [Range<Int>] = []
    // A large body is searched in blocks that overlap by the longest spelling of a secret.
    let overlap = 12 * longest + 64
    let step = max(1 << 18, 4 * overlap)
    var start = 0
    while start < text.count {
      let end = min(text.count, start + step + overlap)
      var stage = DecodingStage(text, start..<end)
      for level in 0..<4 {
        search(stage, &places)
        guard level < 3, let next = stage.decoded() else { break }
        stage = next
      }
      start += step
    }
    return Self.merged(places)
  }

  private func search(_ stage: DecodingStage, _ places: inout [Range<Int>]) {
    stage.bytes.withUnsafeBufferPointer { text in
      guard text.count >= 4 else { return }
      var key: UInt32 = 0
      for index in 0..<3 { key = key << 8 | UInt32(text[index]) }
      // The end of the last match; nothing inside it is searched again.
      var free = 0
      for index in 3..<text.count {
        key = key << 8 | UInt32(text[index])
        let hash = Self.hash(key)
        guard filter[hash >> 6] & 1 << UInt64(hash & 63) != 0, index - 3 >= free, let candidates = pieces[key] else {
          continue
        }
        var end = 0
        for piece in candidates {
          guard let match = match(piece, text, at: index - 3) else { continue }
          end = max(end, match.upperBound)
          places.append(stage.source(of: match))
        }
        free = max(free, end)
      }
    }
  }

  /// The range of the text that matches the piece, extended by as much of its pattern as follows or precedes.
  private func match(_ piece: Piece, _ text: UnsafeBufferPointer<UInt8>, at start: Int) -> Range<Int>? {
    guard start + piece.range.count <= text.count else { return nil }
    for offset in 0..<piece.range.count where bytes[piece.range.lowerBound + offset] != text[start + offset] {
      return nil
    }
    let pattern = patterns[piece.pattern].range
    var (lower, upper) = (start, start + piece.range.count)
    if piece.isPrefix {
      while upper < text.count, pattern.lowerBound + upper - start < pattern.upperBound,
        bytes[pattern.lowerBound + upper - start] == text[upper]
      {
        upper += 1
      }
    } else {
      var before = piece.range.lowerBound - 1
      while lower > 0, before >= pattern.lowerBound, bytes[before] == text[lower - 1] {
        lower -= 1
        before -= 1
      }
    }
    return lower..<upper
  }

  private static func merged(_ places: [Range<Int>]) -> [Range<Int>] {
    var merged: [Range<Int>] = []
    for place in places.sorted(by: { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }) {
      if let last = merged.last, place.lowerBound < last.upperBound {
        merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, place.upperBound)
      } else {
        merged.append(place)
      }
    }
    return merged
  }

  // MARK: - Folding

  private static let hexDigits = Array("0123456789abcdef".utf8)
  private static let base64Digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// Maps bytes that spellings interchange to one: letters of either case, the space and its form encoding, the two
  /// alphabets of base64. `nil` for line ends, which may occur anywhere.
  static func folded(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
    case UInt8(ascii: "+"), UInt8(ascii: "-"): UInt8(ascii: " ")
    case UInt8(ascii: "_"): UInt8(ascii: "/")
    case UInt8(ascii: "\n"), UInt8(ascii: "\r"): nil
    default: byte
    }
  }
}

/// A text after some steps of decoding, with the position in the original of each byte.
private struct DecodingStage {
  private(set) var bytes: [UInt8] = []
  private var starts: [Int32] = []
  private var ends: [Int32] = []
  private let origin: Int

  /// The original text, folded.
  init(_ text: UnsafeRawBufferPointer, _ range: Range<Int>) {
    origin = range.lowerBound
    reserve(range.count)
    for index in range {
      let place = Int32(index - origin)
      append(text[index], place, place + 1)
    }
  }

  private init(origin: Int, capacity: Int) {
    self.origin = origin
    reserve(capacity)
  }

  private mutating func reserve(_ count: Int) {
    bytes.reserveCapacity(count)
    starts.reserveCapacity(count)
    ends.reserveCapacity(count)
  }

  private mutating func append(_ byte: UInt8, _ start: Int32, _ end: Int32) {
    guard let folded = SecretPatterns.folded(byte) else { return }
    bytes.append(folded)
    starts.append(start)
    ends.append(end)
  }

  func source(of range: Range<Int>) -> Range<Int> {
    origin + Int(starts[range.lowerBound])..<origin + Int(ends[range.upperBound - 1])
  }

  /// Decodes one more step, replacing every escape. `nil` when there is none.
  func decoded() -> DecodingStage? {
    var next = DecodingStage(origin: origin, capacity: bytes.count)
    var isChanged = false
    bytes.withUnsafeBufferPointer { text in
      var index = 0
      while index < text.count {
        let byte = text[index]
        let isEscape = byte == UInt8(ascii: "%") || byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "&")
        if isEscape, let (value, length) = Escape.read(text, at: index) {
          isChanged = true
          for byte in value { next.append(byte, starts[index], ends[index + length - 1]) }
          index += length
        } else {
          next.append(byte, starts[index], ends[index])
          index += 1
        }
      }
    }
    return isChanged ? next : nil
  }
}

/// Spellings of one character, in folded text.
private enum Escape {
  /// - Returns: the UTF-8 of the character, and the length of its spelling in bytes.
  static func read(_ text: UnsafeBufferPointer<UInt8>, at index: Int) -> (value: [UInt8], length: Int)? {
    switch text[index] {
    case UInt8(ascii: "%"): percent(text, index)
    case UInt8(ascii: "\\"): backslash(text, index)
    default: entity(text, index)
    }
  }

  /// `%41`, and `%u0041` of JavaScript's escape().
  private static func percent(_ text: UnsafeBufferPointer<UInt8>, _ index: Int) -> ([UInt8], Int)? {
    if let byte = number(text, index + 1, digits: 2) { return ([UInt8(byte)], 3) }
    guard index + 1 < text.count, text[index + 1] == UInt8(ascii: "u"), let unit = number(text, index + 2, digits: 4)
    else { return nil }
    return scalar(unit).map { ($0, 6) }
  }

  /// `\u0041` (two of them above 16 bits), `\u{41}`, `\x41`, `\101`, `\/` and any other escaped character.
  private static func backslash(_ text: UnsafeBufferPointer<UInt8>, _ index: Int) -> ([UInt8], Int)? {
    guard index + 1 < text.count else { return nil }
    switch text[index + 1] {
    case UInt8(ascii: "u"):
      if let unit = number(text, index + 2, digits: 4) {
        if (0xD800..<0xDC00).contains(unit), index + 7 < text.count, text[index + 6] == UInt8(ascii: "\\"),
          text[index + 7] == UInt8(ascii: "u"), let low = number(text, index + 8, digits: 4),
          (0xDC00..<0xE000).contains(low)
        {
          return scalar(0x10000 + (unit - 0xD800) << 10 + low - 0xDC00).map { ($0, 12) }
        }
        return scalar(unit).map { ($0, 6) }
      }
      guard index + 2 < text.count, text[index + 2] == UInt8(ascii: "{") else { return nil }
      return digits(text, index + 3, radix: 16, end: UInt8(ascii: "}")).map { ($0, $1 - index) }
    case UInt8(ascii: "x"): return number(text, index + 2, digits: 2).map { ([UInt8($0)], 4) }
    case UInt8(ascii: "n"), UInt8(ascii: "r"): return ([UInt8(ascii: "\n")], 2)
    case UInt8(ascii: "t"): return ([UInt8(ascii: "\t")], 2)
    case UInt8(ascii: "0")...UInt8(ascii: "3"):
      guard index + 3 < text.count else { return nil }
      let octal = (1...3).map { Int(text[index + $0]) - 48 }
      return octal.allSatisfy({ (0...7).contains($0) })
        ? ([UInt8(octal[0] << 6 | octal[1] << 3 | octal[2])], 4) : nil
    case let byte where byte > 32 && byte < 127 && Hex.value(byte) == nil: return ([byte], 2)
    default: return nil
    }
  }

  /// `&#65;`, `&#x41;`, and the named entities of ASCII.
  private static func entity(_ text: UnsafeBufferPointer<UInt8>, _ index: Int) -> ([UInt8], Int)? {
    guard index + 2 < text.count else { return nil }
    if text[index + 1] == UInt8(ascii: "#") {
      let isHex = text[index + 2] == UInt8(ascii: "x")
      return digits(text, index + (isHex ? 3 : 2), radix: isHex ? 16 : 10, end: UInt8(ascii: ";"))
        .map { ($0, $1 - index) }
    }
    var end = index + 1
    while end < text.count, end - index <= 10, text[end] != UInt8(ascii: ";") { end += 1 }
    guard end < text.count, text[end] == UInt8(ascii: ";"),
      let byte = named[String(decoding: text[index + 1..<end], as: UTF8.self)]
    else { return nil }
    return ([byte], end + 1 - index)
  }

  /// Reads exactly that many hexadecimal digits.
  private static func number(_ text: UnsafeBufferPointer<UInt8>, _ start: Int, digits: Int) -> UInt32? {
    guard start + digits <= text.count else { return nil }
    var value: UInt32 = 0
    for index in start..<start + digits {
      guard let digit = Hex.value(text[index]) else { return nil }
      value = value << 4 | UInt32(digit)
    }
    return value
  }

  /// Reads digits and their terminator, which may be missing.
  private static func digits(
    _ text: UnsafeBufferPointer<UInt8>, _ start: Int, radix: UInt32, end: UInt8
  ) -> ([UInt8], Int)? {
    var value: UInt32 = 0
    var index = start
    while index < text.count, index - start < 8, let digit = Hex.value(text[index]), digit < radix {
      value = value * radix + UInt32(digit)
      index += 1
    }
    guard index > start, let bytes = scalar(value) else { return nil }
    return (bytes, index < text.count && text[index] == end ? index + 1 : index)
  }

  private static func scalar(_ value: UInt32) -> [UInt8]? {
    Unicode.Scalar(value).map { Array(String(Character($0)).utf8) }
  }

  /// The named entities, by folded name.
  private static let named: [String: UInt8] = {
    let names =
      "excl! quot\" num# dollar$ percnt% amp& apos' lpar( rpar) ast* midast* plus+ comma, period. sol/ colon: semi; lt< equals= gt> "
      + "quest? commat@ lsqb[ lbrack[ bsol\\ rsqb] rbrack] hat^ lowbar_ grave` lcub{ lbrace{ verbar| vert| rcub} rbrace} "
      + "hyphen- dash- tilde~"
    var table: [String: UInt8] = ["nbsp": 32, "tab": 9, "newline": 10]
    for name in names.split(separator: " ") {
      if let byte = name.utf8.last { table[String(name.dropLast())] = byte }
    }
    return table
  }()
}
