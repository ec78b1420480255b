#if LocalIndex
  import Synchronization

  /// The newest view, shared by all searches of a process.
  final class IndexViewCache: Sendable {
    private let newest = Mutex(IndexView())

    /// The view of exactly the rows that a transaction sees.
    ///
    /// - Parameter transaction: one that has read nothing yet: its state is fixed here, under the lock, so that it is never
    ///   older than the newest view.
    func view(_ transaction: IndexTransaction) throws -> IndexView {
      try newest.withLock { view in
        let generation = try transaction.state().generation
        if view.generation != generation { try view.catchUp(transaction, generation: generation) }
        return view
      }
    }
  }
#endif
