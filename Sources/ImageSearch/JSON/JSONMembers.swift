/// The members of an object.
package struct JSONMembers: Sequence, IteratorProtocol, Sendable {
  let document: JSONDocument
  var index: Int
  let end: Int

  /// The next member.
  package mutating func next() -> (name: String, value: JSONValue)? {
    guard index < end else { return nil }
    let name = JSONValue(document: document, index: index)
    let value = JSONValue(document: document, index: index + 1)
    index = Int(value.node.next)
    return (name.string ?? "", value)
  }
}
