/// Bodies one after the other.
package struct JoinedBody: HTTPBody {
  private let parts: [any HTTPBody]
  package let length: Int

  package init(_ parts: [any HTTPBody]) {
    self.parts = parts
    length = parts.reduce(0) { $0 + $1.length }
  }

  package func makeReader() throws -> any HTTPBodyReader { Reader(parts) }

  private final class Reader: HTTPBodyReader {
    private var waiting: ArraySlice<any HTTPBody>
    private var current: (any HTTPBodyReader)?

    init(_ parts: [any HTTPBody]) { waiting = parts[...] }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
      while true {
        if current == nil {
          guard let next = waiting.popFirst() else { return 0 }
          current = try next.makeReader()
        }
        if let count = try current?.read(into: buffer), count > 0 { return count }
        current = nil
      }
    }
  }
}
