#if LocalIndex
  import ImageSearch
  import Synchronization

  /// Connections that are open and not in use; a thread takes one, or a new one, for as long as it works.
  ///
  /// `@unchecked`: a connection is either in `idle`, which the lock guards, or in the hands of one thread.
  final class ConnectionPool: @unchecked Sendable {
    private let lock = Mutex<Void>(())
    private var idle: [SQLiteConnection] = []
    private var closed = false
    private let open: @Sendable () throws -> SQLiteConnection

    init(open: @escaping @Sendable () throws -> SQLiteConnection) { self.open = open }

    /// Runs work on a connection of its own.
    func with<Value>(_ control: CallControl, _ body: (SQLiteConnection) throws -> Value) throws -> Value {
      try control.check()
      let connection = try take()
      defer { giveBack(connection) }
      return try connection.with(control) { try body(connection) }
    }

    /// Closes what is idle now and the rest when it comes back.
    func close() {
      let connections = lock.withLock { _ in
        closed = true
        defer { idle = [] }
        return Unchecked(idle)
      }
      _ = connections
    }

    /// Drops the connections without closing them: after a fork they belong to the parent.
    func abandon() {
      lock.withLock { _ in
        closed = true
        for connection in idle { _ = Unmanaged.passRetained(connection) }
        idle = []
      }
    }

    private func take() throws -> SQLiteConnection {
      let found = try lock.withLock { _ in
        if closed { throw ImageSearchError.local(.closed, "The index was closed") }
        return Unchecked(idle.popLast())
      }
      return try found.value ?? open()
    }

    private func giveBack(_ connection: SQLiteConnection) {
      let connection = Unchecked(connection)
      lock.withLock { _ in
        // One with an open transaction would hold on to an old state of the database.
        if !closed, connection.value.isIdle { idle.append(connection.value) }
      }
    }

    /// Carries a connection across the lock's closure.
    private struct Unchecked<Value>: @unchecked Sendable {
      let value: Value
      init(_ value: Value) { self.value = value }
    }
  }
#endif
