import Testing

@testable import ImageSearch

/// Checked against the complete IANA IPv4 and IPv6 Special-Purpose Address Registries (November 2026).
@Suite struct NetworkAddressTests {
  /// A row of a registry: the block and its "globally reachable" value. Rows without one are decided by the blocks inside.
  private static let registry: [(block: String, isGlobal: Bool)] = [
    ("0.0.0.0/8", false), ("0.0.0.0/32", false), ("10.0.0.0/8", false), ("100.64.0.0/10", false),
    ("127.0.0.0/8", false),
    ("169.254.0.0/16", false), ("172.16.0.0/12", false), ("192.0.0.0/24", false), ("192.0.0.0/29", false),
    ("192.0.0.8/32", false), ("192.0.0.9/32", true), ("192.0.0.10/32", true), ("192.0.0.170/32", false),
    ("192.0.0.171/32", false), ("192.0.2.0/24", false), ("192.31.196.0/24", true), ("192.52.193.0/24", true),
    ("192.88.99.0/24", false), ("192.168.0.0/16", false), ("192.175.48.0/24", true), ("198.18.0.0/15", false),
    ("198.51.100.0/24", false), ("203.0.113.0/24", false), ("240.0.0.0/4", false), ("255.255.255.255/32", false),
    // Multicast has a separate registry.
    ("224.0.0.0/4", false),
    ("::1/128", false), ("::/128", false), ("64:ff9b:1::/48", false), ("100::/64", false), ("100:0:0:1::/64", false),
    ("2001:1::1/128", true), ("2001:1::2/128", true), ("2001:1::3/128", true), ("2001:2::/48", false),
    ("2001:3::/32", true), ("2001:4:112::/48", true), ("2001:10::/28", false), ("2001:20::/28", true),
    ("2001:30::/28", true), ("2001:db8::/32", false), ("2620:4f:8000::/48", true), ("3fff::/20", false),
    ("5f00::/16", false), ("fc00::/7", false), ("fe80::/10", false), ("ff00::/8", false), ("fec0::/10", false),
  ]

  /// The first and last address of a block, and the ones before and after it.
  private static func edges(_ block: String) throws -> (inside: [NetworkAddress], outside: [NetworkAddress]) {
    let parts = block.split(separator: "/")
    let first = try #require(NetworkAddress(String(parts[0]))).bytes
    let length = try #require(Int(parts[1]))
    var last = first
    for bit in length..<(8 * first.count) { last[bit / 8] |= 0x80 >> UInt8(bit % 8) }
    var before = first
    var i = before.count - 1
    while i >= 0 {
      before[i] &-= 1
      if before[i] != 255 { break }
      i -= 1
    }
    var behind = last
    i = behind.count - 1
    while i >= 0 {
      behind[i] &+= 1
      if behind[i] != 0 { break }
      i -= 1
    }
    return (
      [first, last].compactMap { NetworkAddress($0) }, [before, behind].compactMap { NetworkAddress($0) }
    )
  }

  @Test func everyBlockOfTheRegistries() throws {
    for row in Self.registry {
      for address in try Self.edges(row.block).inside {
        // A smaller block inside a block may have another value.
        let length = Int(row.block.split(separator: "/")[1]) ?? 0
        let isOverruled = try Self.registry.contains { other in
          let otherLength = Int(other.block.split(separator: "/")[1]) ?? 0
          let edges = try Self.edges(other.block).inside
          return otherLength > length && other.isGlobal != row.isGlobal && edges.contains(address)
        }
        if !isOverruled { #expect(address.isPublic == row.isGlobal, "\(address.text) of \(row.block)") }
      }
    }
  }

  @Test func whatIsInNoBlock() throws {
    for text in [
      "1.1.1.1", "8.8.8.8", "93.184.216.34", "172.15.255.255", "172.32.0.0", "100.63.255.255", "100.128.0.0",
      "192.0.1.0", "198.17.255.255", "198.20.0.0", "223.255.255.255", "11.0.0.0", "9.255.255.255", "126.255.255.255",
      "128.0.0.0", "2606:2800:220:1::1", "2001:4860:4860::8888", "2a00:1450::1", "2001:200::1", "3ffe::1",
    ] { #expect(try #require(NetworkAddress(text)).isPublic, "\(text)") }
    for text in ["4000::1", "1fff::1", "::2", "::8.8.8.8", "100:1::1", "e000::1"] {
      #expect(try !#require(NetworkAddress(text)).isPublic, "\(text)")
    }
  }

  /// IPv4 addresses inside IPv6 are checked as well: mapped, NAT64, 6to4, and both addresses of Teredo, one of them inverted.
  @Test func embedded() throws {
    let cases: [(String, Bool)] = [
      ("::ffff:127.0.0.1", false), ("::ffff:7f00:1", false), ("::ffff:10.1.2.3", false), ("::ffff:8.8.8.8", true),
      ("64:ff9b::7f00:1", false), ("64:ff9b::169.254.169.254", false), ("64:ff9b::8.8.8.8", true),
      ("64:ff9b:1::8.8.8.8", false), ("2002:7f00:1::", false), ("2002:a9fe:a9fe::1", false), ("2002:808:808::1", true),
      ("2001:0:7f00:1::f7f7:f7f7", false), ("2001:0:808:808::80ff:fffe", false), ("2001:0:808:808::f7f7:f7f7", true),
    ]
    for (text, isPublic) in cases { #expect(try #require(NetworkAddress(text)).isPublic == isPublic, "\(text)") }
  }

  @Test func texts() {
    #expect(NetworkAddress("fe80::1%lo")?.isPublic == false)
    #expect(NetworkAddress("2606:2800:0220:0001:0:0:0:1")?.urlText == "[2606:2800:220:1::1]")
    #expect(NetworkAddress("93.184.216.34")?.urlText == "93.184.216.34")
    for text in ["", "1.2.3", "0x7f.1", "2130706433", "127.0.0.1.", "[::1]", "a.example", "::1 "] {
      #expect(NetworkAddress(text) == nil, "\(text)")
    }
  }
}
