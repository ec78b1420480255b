#if LocalIndex
  import Testing

  @testable import ImageIndex

  @Suite struct GroupBuilderTests {
    private func groups(
      _ contents: [UInt32], _ copies: [[Int]], mayJoin: (Int, Int) -> Bool = { _, _ in true }
    ) -> [[Int]] {
      var builder = GroupBuilder(contents: contents)
      for pair in copies { builder.note(pair[0], pair[1]) }
      let known = Set(copies.map { $0.sorted() })
      var groups: [[Int]] = []
      builder.forEachGroup(
        isCopy: { known.contains([Int(contents[$0]), $1].sorted()) }, mayJoin: mayJoin
      ) { groups.append($0) }
      return groups
    }

    @Test func aChainIsTakenApartFromItsBestMember() {
      // 2 is a copy of 0 and of 1, 3 is a copy of 1, and 1 is not a copy of 0.
      #expect(groups([0, 1, 2, 3, 4], [[0, 2], [1, 2], [1, 3]]) == [[0, 2], [1, 3]])
    }

    @Test func theSameBytesAreOneContent() {
      // 1 and 3 have the same bytes, and 0 is a copy of them.
      #expect(groups([0, 1, 2, 1, 4], [[0, 1]]) == [[0, 1, 3]])
      // Of one item, 1 and 3 may be in a group with 0, but without 0 there is no group.
      func apart(_ a: Int, _ b: Int) -> Bool { ![1, 3].contains(a) || ![1, 3].contains(b) }
      #expect(groups([0, 1, 2, 1, 4], [[0, 1]], mayJoin: apart) == [[0, 1, 3]])
      #expect(groups([0, 1, 2, 1, 4], [], mayJoin: apart).isEmpty)
      #expect(groups([0, 1, 2, 1, 4], []) == [[1, 3]])
    }

    @Test(arguments: 0..<50) func theResultIsThatOfTheDefinition(seed: UInt64) {
      var random = SplitMix(state: seed)
      let count = 40
      var contents = (0..<UInt32(count)).map { $0 }
      for node in 1..<count where random.next() % 6 == 0 {
        contents[node] = contents[Int(random.next() % UInt64(node))]
      }
      var pairs: [[Int]] = []
      for a in 0..<count where contents[a] == a {
        for b in a + 1..<count where contents[b] == b && random.next() % 12 == 0 { pairs.append([a, b]) }
      }
      let known = Set(pairs)
      func isCopy(_ a: Int, _ b: Int) -> Bool {
        let (x, y) = (Int(contents[a]), Int(contents[b]))
        return x == y || known.contains([x, y].sorted())
      }
      var rest = Array(0..<count)
      var expected: [[Int]] = []
      while let best = rest.first {
        let group = rest.filter { $0 == best || isCopy(best, $0) }
        if group.count > 1 { expected.append(group) }
        rest.removeAll { $0 == best || (group.count > 1 && group.contains($0)) }
      }
      #expect(groups(contents, pairs) == expected)
      #expect(groups(contents, pairs.shuffled(using: &random).map { [$0[1], $0[0]] }) == expected)
    }

    @Test func numbersThatAreNoContentsAreIgnored() {
      #expect(groups([0, 1], [[-1, 0], [1, 2], [1, 1]]).isEmpty)
    }
  }
#endif
