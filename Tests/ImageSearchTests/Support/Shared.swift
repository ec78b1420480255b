import Synchronization

/// A value that several tasks of a test share.
final class Shared<Value: Sendable>: Sendable {
  private let storage: Mutex<Value>

  init(_ value: Value) { storage = Mutex(value) }

  var value: Value { storage.withLock { $0 } }

  @discardableResult
  func change<Result: Sendable>(_ body: (inout Value) -> Result) -> Result {
    storage.withLock { value in
      var copy = value
      defer { value = copy }
      return body(&copy)
    }
  }
}
