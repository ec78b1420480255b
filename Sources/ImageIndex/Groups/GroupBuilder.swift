/// Builds groups from pairs; knows neither images nor files.
///
/// Nodes are numbered 0..<count, the best first. Definition of the groups: the best node that is in no group yet forms
/// a group with all ungrouped nodes that are copies *of it*; repeat until the last node. So every member is a copy of
/// the group's best member, not just of some other member, no node is in two groups, and the result depends only on
/// which pairs are copies.
struct GroupBuilder {
  /// For each node, the number of its content: nodes with the same content compare equal.
  let contents: [UInt32]
  /// Nodes of each content, ascending.
  private let nodes: [[Int]]
  /// For each content, the contents that it forms a pair with.
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

  /// Records that two contents may be copies of each other. Invalid content numbers are ignored.
  mutating func note(_ a: Int, _ b: Int) {
    guard a != b, nodes.indices.contains(a), nodes.indices.contains(b) else { return }
    neighbours[a, default: []].append(b)
    neighbours[b, default: []].append(a)
  }

  /// Nodes of a content.
  func nodes(of content: Int) -> [Int] { nodes.indices.contains(content) ? nodes[content] : [] }

  /// The contents that the given one forms a pair with.
  func neighbours(of content: Int) -> [Int] { neighbours[content] ?? [] }

  /// Calls `body` with each group: at least two nodes, the best first, the others ascending.
  ///
  /// - Parameters:
  ///   - isCopy: Whether the content of the second node is a copy of that of the first. Called for neighbours of the
  ///     best node's content and of its copies: the number of candidates is limited, and a copy may have been found
  ///     only through another copy.
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
