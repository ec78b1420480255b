/// Random JSON texts, and damage to them, reproducible by the seed.
struct JSONGenerator {
  private var state: UInt64
  private let namesAreUnique: Bool
  private var names = 0

  init(seed: UInt64, namesAreUnique: Bool = false) {
    state = seed
    self.namesAreUnique = namesAreUnique
  }

  /// SplitMix64.
  mutating func random(below bound: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((z ^ (z >> 31)) % UInt64(bound))
  }

  private mutating func pick<Element>(_ choices: [Element]) -> Element { choices[random(below: choices.count)] }

  /// A text that follows the grammar.
  mutating func document() -> [UInt8] {
    var text: [UInt8] = []
    space(&text)
    value(&text, depth: 0)
    space(&text)
    return text
  }

  private mutating func value(_ text: inout [UInt8], depth: Int) {
    switch random(below: depth < 5 ? 10 : 6) {
    case 0: text += pick(["null", "true", "false"]).utf8
    case 1...2: number(&text)
    case 3...5: string(&text)
    case 6...7:
      text.append(UInt8(ascii: "["))
      for i in 0..<random(below: 5) {
        if i > 0 { text.append(UInt8(ascii: ",")) }
        space(&text)
        value(&text, depth: depth + 1)
        space(&text)
      }
      text.append(UInt8(ascii: "]"))
    default:
      text.append(UInt8(ascii: "{"))
      for i in 0..<random(below: 5) {
        if i > 0 { text.append(UInt8(ascii: ",")) }
        space(&text)
        name(&text)
        space(&text)
        text.append(UInt8(ascii: ":"))
        space(&text)
        value(&text, depth: depth + 1)
        space(&text)
      }
      text.append(UInt8(ascii: "}"))
    }
  }

  private mutating func name(_ text: inout [UInt8]) {
    if namesAreUnique {
      names += 1
      text += "\"k\(names)\"".utf8
    } else if random(below: 4) == 0 {
      string(&text)
    } else {
      // Few, so that some are repeated.
      text += pick([#""a""#, #""b""#, #""\u0061""#, #""""#]).utf8
    }
  }

  private mutating func space(_ text: inout [UInt8]) {
    if random(below: 4) == 0 { text += pick([" ", "\n", "\t", "\r\n", "   "]).utf8 }
  }

  private mutating func digits(_ text: inout [UInt8], atMost: Int) {
    for _ in 0...random(below: atMost) { text.append(UInt8(ascii: "0") + UInt8(random(below: 10))) }
  }

  private mutating func number(_ text: inout [UInt8]) {
    if random(below: 3) == 0 { text.append(UInt8(ascii: "-")) }
    if random(below: 3) == 0 {
      text.append(UInt8(ascii: "0"))
    } else {
      text.append(UInt8(ascii: "1") + UInt8(random(below: 9)))
      if random(below: 2) == 0 { digits(&text, atMost: pick([2, 4, 17, 20, 25])) }
    }
    if random(below: 3) == 0 {
      text.append(UInt8(ascii: "."))
      digits(&text, atMost: pick([1, 4, 20]))
    }
    if random(below: 4) == 0 {
      text += pick(["e", "E", "e+", "E-", "e-"]).utf8
      digits(&text, atMost: 2)
    }
  }

  private mutating func string(_ text: inout [UInt8]) {
    text.append(UInt8(ascii: "\""))
    for _ in 0..<random(below: pick([2, 6, 24])) {
      switch random(below: 8) {
      case 0: text += pick([#"\""#, #"\\"#, #"\/"#, #"\b"#, #"\f"#, #"\n"#, #"\r"#, #"\t"#]).utf8
      case 1: text += pick([#"\u0000"#, #"\u00e9"#, #"\u4E2d"#, #"\ud83d\uDE00"#, #"\uFFFF"#, #"\udbff\udfff"#]).utf8
      case 2: text += pick(["é", "中", "😀", "\u{7F}", "\u{80}", "\u{FFFF}", "\u{10FFFF}"]).utf8
      default: text += pick(["a", "bc", "http://x/", "{", "]", ",", ":", "0123456789"]).utf8
      }
    }
    text.append(UInt8(ascii: "\""))
  }

  /// The text with a few bytes changed, inserted, removed, doubled or truncated.
  mutating func damaged(_ text: [UInt8]) -> [UInt8] {
    var text = text
    let bytes =
      Array(#"{}[]",:\/u09-+.eE tfnl"#.utf8) + [0x00, 0x0A, 0x1F, 0x7F, 0x80, 0xBF, 0xC3, 0xED, 0xA0, 0xF4, 0xFF]
    for _ in 0...random(below: 3) {
      let position = random(below: text.count + 1)
      let isInside = position < text.count
      switch random(below: 6) {
      case 0 where isInside: text[position] = pick(bytes)
      case 1 where isInside: text[position] ^= 1 << UInt8(random(below: 8))
      case 2 where isInside: text.remove(at: position)
      case 3 where isInside:
        let end = min(text.count, position + 1 + random(below: 12))
        text.insert(contentsOf: Array(text[position..<end]), at: random(below: text.count))
      case 4 where random(below: 4) == 0: text.removeSubrange(position...)
      default: text.insert(pick(bytes), at: position)
      }
    }
    return text
  }
}
