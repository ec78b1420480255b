/// An IP address, and whether it is on the public internet: not private, loopback, link-local, multicast, documentation
/// or otherwise reserved by the IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890), of November 2026.
package struct NetworkAddress: Hashable, Sendable {
  /// Four or sixteen.
  package let bytes: [UInt8]

  /// - Returns: `nil` for another number of bytes.
  package init?(_ bytes: [UInt8]) {
    guard bytes.count == 4 || bytes.count == 16 else { return nil }
    self.bytes = bytes
  }

  /// - Parameter text: the numeric form, IPv6 without brackets; a zone after `%` is ignored.
  /// - Returns: `nil` for anything else.
  package init?(_ text: String) {
    let number = text.utf8.prefix { $0 != UInt8(ascii: "%") }
    guard let bytes = Platform.addressBytes(String(decoding: number, as: UTF8.self)) else { return nil }
    self.bytes = bytes
  }

  /// The numeric form.
  package var text: String { Platform.addressText(bytes) }

  /// The form in a URL.
  package var urlText: String { bytes.count == 4 ? text : "[\(text)]" }

  /// Whether the registries list it as globally reachable, or do not list it. An IPv4 address within an IPv6 one
  /// (mapped, NAT64, 6to4, Teredo) is judged by itself.
  package var isPublic: Bool {
    bytes.count == 4 ? Self.judge(bytes, Self.v4) ?? true : Self.judge(bytes, Self.v6) ?? false
  }

  /// A block of addresses and its kind.
  private struct Block {
    enum Kind {
      case global, reserved
      /// Contains IPv4 addresses at these byte offsets, with inverted bits if `true`.
      case embedded([(Int, Bool)])
    }

    let prefix: [UInt8]
    let length: Int
    let kind: Kind

    /// - Parameter text: `ADDRESS/LENGTH`.
    init?(_ text: String, _ kind: Kind) {
      let parts = text.split(separator: "/")
      guard parts.count == 2, let address = NetworkAddress(String(parts[0])), let length = Int(parts[1]),
        (0...8 * address.bytes.count).contains(length)
      else { return nil }
      prefix = address.bytes
      self.length = length
      self.kind = kind
    }

    func contains(_ bytes: [UInt8]) -> Bool {
      let whole = length / 8
      guard bytes.count == prefix.count, bytes[..<whole] == prefix[..<whole] else { return false }
      let rest = length % 8
      return rest == 0 || (bytes[whole] ^ prefix[whole]) >> (8 - rest) == 0
    }
  }

  /// Judges an address by the longest block that contains it.
  private static func judge(_ bytes: [UInt8], _ blocks: [Block]) -> Bool? {
    guard let block = blocks.filter({ $0.contains(bytes) }).max(by: { $0.length < $1.length }) else { return nil }
    switch block.kind {
    case .global: return true
    case .reserved: return false
    case .embedded(let places):
      return places.allSatisfy { start, isInverted in
        let inner = bytes[start..<start + 4].map { isInverted ? ~$0 : $0 }
        return judge(inner, v4) ?? true
      }
    }
  }

  private static let v4: [Block] =
    [
      "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
      "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
      "224.0.0.0/4", "240.0.0.0/4",
    ].compactMap { Block($0, .reserved) }
    + ["192.0.0.9/32", "192.0.0.10/32", "192.31.196.0/24", "192.52.193.0/24", "192.175.48.0/24"]
    .compactMap { Block($0, .global) }

  // Addresses outside 2000::/3 are not public unicast addresses.
  private static let v6: [Block] =
    [
      "2000::/3", "2001:1::1/128", "2001:1::2/128", "2001:1::3/128", "2001:3::/32", "2001:4:112::/48", "2001:20::/28",
      "2001:30::/28", "2620:4f:8000::/48",
    ]
    .compactMap { Block($0, .global) }
    + ["2001::/23", "2001:2::/48", "2001:10::/28", "2001:db8::/32", "3fff::/20", "::/128", "::1/128", "64:ff9b:1::/48"]
    .compactMap { Block($0, .reserved) }
    + [
      Block("::ffff:0:0/96", .embedded([(12, false)])), Block("64:ff9b::/96", .embedded([(12, false)])),
      Block("2002::/16", .embedded([(2, false)])), Block("2001::/32", .embedded([(4, false), (12, true)])),
    ].compactMap { $0 }
}
