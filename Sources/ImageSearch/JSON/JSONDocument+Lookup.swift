extension JSONDocument {
  /// The node of the first member's value with that name. Names are compared by their bytes; one with escapes by what it stands
  /// for. The objects of providers' answers have some tens of members, for which this is faster than a table would be.
  func indexOfMember(_ key: StaticString, ofObjectAt object: Int) -> Int? {
    guard nodes[object].kind == .object else { return nil }
    return key.withUTF8Buffer { key in
      bytes.withUnsafeBufferPointer { bytes in
        nodes.withUnsafeBufferPointer { nodes in
          let end = Int(nodes[object].next)
          var index = object + 1
          while index < end {
            let name = nodes[index]
            if Self.isEqual(name, key, bytes) { return index + 1 }
            index = Int(nodes[index + 1].next)
          }
          return nil
        }
      }
    }
  }

  private static func isEqual(
    _ name: JSONNode, _ key: UnsafeBufferPointer<UInt8>, _ bytes: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    let start = Int(name.start)
    let end = Int(name.end)
    if name.kind == .escapedString {
      return JSONEscapes.resolve(UnsafeBufferPointer(rebasing: bytes[start..<end])).utf8.elementsEqual(key)
    }
    guard end - start == key.count else { return false }
    for i in key.indices where bytes[start + i] != key[i] { return false }
    return true
  }
}
