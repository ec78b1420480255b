/// Makes groups out of pairs: the part that knows neither images nor files.
///
/// Nodes are numbered 0..<count, the best first. The definition: the best node that is in no group yet takes all nodes that are in none
/// and are copies *of it*; these are a group, and so on down to the last node. So every member is a copy of the group's best member, not just
/// of some other one, no node is in two groups, and the result depends on which pairs are copies and on nothing else.
struct GroupBuilder {
  /// For each node, the number of its content: nodes of one content are the same in all that is compared.
  let contents: [UInt32]
  /// Nodes of each content, rising.
  private let nodes: [[Int]]
  /// Contents that a pair was found of.
  private var neighbours: [Int: [Int]] = [:]

  /// - Parameter contents: Contents are numbered by their first node.
  init(contents: [UInt32]) {
    self.contents = contents
    var nodes = [[Int]](repeating: [], count: contents.count)
    for (node, content) in contents.enumerated() where nodes.indices.contains(Int(content)) {
      nodes[Int(content)].append(node)
    }
    self.nodes = nodes
  }

  /// Notes that two contents may be copies of each other. Numbers that are no contents are ignored.
  mutating func note(_ a: Int, _ b: Int) {
    guard a != b, nodes.indices.contains(a), nodes.indices.contains(b) else { return }
    neighbours[a, default: []].append(b)
    neighbours[b, default: []].append(a)
  }

  /// Nodes of a content.
  func nodes(of content: Int) -> [Int] { nodes.indices.contains(content) ? nodes[content] : [] }

  /// Contents that a pair was found of with the given one.
  func neighbours(of content: Int) -> [Int] { neighbours[content] ?? [] }

  /// Calls `body` with one group after the other: at least two nodes, the best first, the others rising.
  ///
  /// - Parameters:
  ///   - isCopy: Whether the content of the second node is a copy of that of the first. Asked of contents that are neighbours of the
  ///     best node's content or of its copies: candidates are limited, and a copy of a copy may have been left out.
  ///   - mayJoin: Whether two nodes may be in one group at all.
  /// - Throws: What the closures throw.
  func forEachGroup(
    isCopy: (_ best: Int, _ content: Int) throws -> Bool, mayJoin: (_ best: Int, _ other: Int) -> Bool,
    _ body: ([Int]) throws -> Void
  ) rethrows {
    var isTaken = [Bool](repeating: false, count: contents.count)
    for best in contents.indices where !isTaken[best] {
      let own = Int(contents[best])
      guard nodes(of: own).count > 1 || neighbours[own] != nil else { continue }
      var copies = [own]
      var tried: Set<Int> = [own]
      var next = 0
      while next < copies.count {
        for content in neighbours(of: copies[next]) where tried.insert(content).inserted {
          guard nodes[content].contains(where: { $0 > best && !isTaken[$0] }) else { continue }
          if try isCopy(best, content) { copies.append(content) }
        }
        next += 1
      }
      let members = copies.flatMap { nodes[$0] }.filter { $0 > best && !isTaken[$0] && mayJoin(best, $0) }.sorted()
      guard !members.isEmpty else { continue }
      for member in members { isTaken[member] = true }
      isTaken[best] = true
      try body([best] + members)
    }
  }
}
