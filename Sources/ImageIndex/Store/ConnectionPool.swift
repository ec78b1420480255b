#if LocalIndex
  import ImageSearch
  import Synchronization

  /// Idle connections; a thread borrows one, or opens a new one, while it works.
  ///
  /// `@unchecked`: a connection is either in `idle`, which the lock guards, or used by one thread.
  final class ConnectionPool: @unchecked Sendable {
    private let lock = Mutex<Void>(())
    private var idle: [SQLiteConnection] = []
    private var closed = false
    /// Incremented when open connections become invalid.
    private var epoch = 0
    private let open: @Sendable (CallControl) throws -> SQLiteConnection

    init(open: @escaping @Sendable (CallControl) throws -> SQLiteConnection) { self.open = open }

    /// Runs work on a connection of its own.
    func with<Value>(_ control: CallControl, _ body: (SQLiteConnection) throws -> Value) throws -> Value {
      try control.check()
      let (connection, epoch) = try take(control)
      defer { checkIn(connection, epoch) }
      return try connection.with(control) { try body(connection) }
    }

    /// Closes idle connections now, and the others when they are returned.
    func close() { drop(closes: true) }

    /// Closes the connections, so that the next work opens the files again.
    func reset() { drop(closes: false) }

    private func drop(closes: Bool) {
      let connections = lock.withLock { _ in
        if closes { closed = true }
        epoch += 1
        defer { idle = [] }
        return Unchecked(idle)
      }
      _ = connections
    }

    /// Drops the connections without closing them: after a fork they belong to the parent. The lock may be held by a
    /// thread of the parent.
    func abandon() {
      _ = lock.withLockIfAvailable { _ in
        closed = true
        for connection in idle { _ = Unmanaged.passRetained(connection) }
        idle = []
      }
    }

    private func take(_ control: CallControl) throws -> (SQLiteConnection, epoch: Int) {
      let found = try lock.withLock { _ -> Unchecked<(SQLiteConnection?, Int)> in
        if closed { throw ImageSearchError.local(.closed, "The index was closed") }
        return Unchecked((idle.popLast(), epoch))
      }
      return (try found.value.0 ?? open(control), found.value.1)
    }

    private func checkIn(_ connection: SQLiteConnection, _ epoch: Int) {
      let connection = Unchecked(connection)
      lock.withLock { _ in
        // A connection with an open transaction would keep an old snapshot of the database.
        if !closed, epoch == self.epoch, connection.value.isIdle { idle.append(connection.value) }
      }
    }

    /// Carries a connection across the lock's closure.
    private struct Unchecked<Value>: @unchecked Sendable {
      let value: Value
      init(_ value: Value) { self.value = value }
    }
  }
#endif
