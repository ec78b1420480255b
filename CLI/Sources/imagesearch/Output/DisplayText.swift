import CSystem

/// Makes text from outside safe for a terminal: characters that would move the cursor, break a line or change the
/// direction of writing are escaped.
func displayable(_ text: String) -> String {
  guard text.unicodeScalars.contains(where: isHarmful) else { return text }
  var shown = ""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\n": shown += "\\n"
    case "\r": shown += "\\r"
    case "\t": shown += "\\t"
    case _ where isHarmful(scalar): shown += scalar.escaped(asASCII: true)
    default: shown.unicodeScalars.append(scalar)
    }
  }
  return shown
}

/// A message on one line, safe for a terminal; what is too long for one is cut in its middle, so that its end, which says
/// what to do, stays.
func oneLine(_ text: String) -> String {
  let scalars = Array(text.unicodeScalars)
  guard scalars.count > mostOfMessage else { return displayable(text) }
  func part(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
    var part = String.UnicodeScalarView()
    part.append(contentsOf: scalars)
    return displayable(String(part))
  }
  return part(scalars.prefix(mostOfMessage / 2)) + "…" + part(scalars.suffix(mostOfMessage / 2))
}

/// Number of characters, that of the library's messages.
private let mostOfMessage = 1000

/// An address without its user name, password and parameters, of which any may be a secret.
func withoutSecrets(_ address: String, parameters: Bool = true) -> String {
  var shown = address.unicodeScalars[...]
  var prefix = ""
  if let scheme = address.firstRange(of: "://") {
    prefix = String(address[..<scheme.upperBound])
    shown = address.unicodeScalars[scheme.upperBound...]
  }
  // The last one: a password that was not encoded may contain any character.
  if let at = shown.lastIndex(of: "@") { (prefix, shown) = (prefix + "…", shown[at...]) }
  if parameters, let mark = shown.firstIndex(of: "?") { return prefix + String(shown[..<mark]) + "?…" }
  return prefix + String(shown)
}

/// Whether a terminal would act on a character.
func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.value {
  case 0..<32, 127..<160: true
  // Line and paragraph separators, and marks that change the direction of writing.
  case 0x2028, 0x2029, 0x200E, 0x200F, 0x061C, 0x202A...0x202E, 0x2066...0x2069: true
  // Tags, and noncharacters.
  case 0xE0000...0xE007F, 0xFFF9...0xFFFB, 0xFEFF: true
  default: false
  }
}

/// Number of columns of a text on a terminal: 2 for ideographs and emoji, 0 for combining characters.
func displayWidth(_ text: String) -> Int {
  if text.utf8.allSatisfy({ $0 >= 32 && $0 < 127 }) { return text.utf8.count }
  return text.reduce(0) { $0 + width(of: $1) }
}

private func width(of character: Character) -> Int {
  guard let first = character.unicodeScalars.first else { return 0 }
  if first.value < 127 && character.unicodeScalars.count == 1 { return first.value >= 32 ? 1 : 0 }
  // A sequence that a terminal shows as one emoji, even of six scalars.
  if first.properties.isEmojiPresentation { return 2 }
  if first.properties.isEmoji, character.unicodeScalars.contains("\u{FE0F}") { return 2 }
  // The C library has the same table as the terminals of the system.
  return max(0, Int(csystem_width(first.value)))
}

/// Cuts a text to a number of columns, with `…` in the middle of a path or at the end.
func cut(_ text: String, to columns: Int, inMiddle: Bool = false) -> String {
  guard displayWidth(text) > columns else { return text }
  guard columns > 1 else { return columns == 1 ? "…" : "" }
  let left = inMiddle ? (columns - 1) / 3 : columns - 1
  var head = ""
  var used = 0
  for character in text {
    let wide = width(of: character)
    guard used + wide <= left else { break }
    head.append(character)
    used += wide
  }
  var tail: [Character] = []
  if inMiddle {
    for character in text.reversed() {
      let wide = width(of: character)
      guard used + wide <= columns - 1 else { break }
      tail.append(character)
      used += wide
    }
  }
  return head + "…" + String(tail.reversed())
}

/// A path relative to the current folder if possible; other text unchanged.
func shownPath(_ path: String) -> String {
  guard path.hasPrefix("/") else { return path }
  let current = FilePath(bytes: Array(".".utf8)).absolute.text
  guard current != "/", path.hasPrefix(current + "/") else { return path }
  return String(path.dropFirst(current.count + 1))
}

/// A number with grouped thousands.
func grouped(_ number: Int) -> String {
  let digits = Array(String(number.magnitude))
  var shown = ""
  for (i, digit) in digits.enumerated() {
    if i > 0, (digits.count - i) % 3 == 0 { shown.append(",") }
    shown.append(digit)
  }
  return (number < 0 ? "-" : "") + shown
}

/// `1 image`, `2 images`.
func count(_ number: Int, _ one: String, _ many: String? = nil) -> String {
  "\(grouped(number)) \(number == 1 ? one : many ?? one + "s")"
}

/// A number with that many decimals, independent of the locale.
func fixed(_ value: Double, _ digits: Int) -> String {
  guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
  var scale = 1.0
  for _ in 0..<digits { scale *= 10 }
  let scaled = (abs(value) * scale).rounded()
  let whole = Int((scaled / scale).rounded(.down))
  let rest = Int(scaled - Double(whole) * scale)
  let sign = value < 0 && scaled > 0 ? "-" : ""
  guard digits > 0 else { return "\(sign)\(whole)" }
  let fraction = String(rest)
  return "\(sign)\(whole)." + String(repeating: "0", count: max(0, digits - fraction.count)) + fraction
}

/// `12.3 MB`.
func byteCount(_ bytes: Int) -> String {
  var value = Double(bytes)
  for unit in ["B", "kB", "MB", "GB"] {
    if value < 1000 || unit == "GB" {
      return unit == "B" ? "\(bytes) B" : "\(fixed(value, value < 10 ? 1 : 0)) \(unit)"
    }
    value /= 1000
  }
  return "\(bytes) B"
}

/// `2 h 05 min`, `3 min 20 s`, `12 s`.
func durationText(_ seconds: Double) -> String {
  guard seconds.isFinite, seconds < 1e9 else { return "a long time" }
  let whole = Int(seconds.rounded(.up))
  func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
  if whole >= 86_400 { return "\(whole / 86_400) d \(whole % 86_400 / 3600) h" }
  if whole >= 3600 { return "\(whole / 3600) h \(two(whole % 3600 / 60)) min" }
  if whole >= 60 { return "\(whole / 60) min \(two(whole % 60)) s" }
  return "\(whole) s"
}
