/// Runs the parts of a search on one thread, or on several if there are idle ones.
package struct Parallel: Sendable {
  /// Calls `part` for each number below `count`, in any order and on any thread, and returns when all calls have ended.
  package let run: @Sendable (_ count: Int, _ part: @escaping @Sendable (Int) -> Void) -> Void

  package init(run: @escaping @Sendable (_ count: Int, _ part: @escaping @Sendable (Int) -> Void) -> Void) {
    self.run = run
  }

  /// Runs all parts on the calling thread, in order.
  package static let none = Parallel { count, part in for number in 0..<count { part(number) } }
}

extension Parallel {
  /// Calls `body` for each number below `count`; it may run on several threads, without the compiler's concurrency
  /// checks.
  ///
  /// - Returns: The results in the order of the numbers, without those of parts that were skipped because the call has ended.
  func map<Value>(_ count: Int, _ body: @escaping (Int) -> Value) -> [Value] {
    let results = UnsafeMutablePointer<Value?>.allocate(capacity: max(1, count))
    results.initialize(repeating: nil, count: count)
    defer {
      results.deinitialize(count: count)
      results.deallocate()
    }
    nonisolated(unsafe) let (body, places) = (body, results)
    // Each part writes its own element, and all have ended when this returns.
    run(count) { places[$0] = body($0) }
    return (0..<count).compactMap { results[$0] }
  }
}
