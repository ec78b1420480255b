#if LocalIndex
  import Synchronization

  /// The newest view, shared by all searches of a process.
  final class IndexViewCache: Sendable {
    private struct State {
      var view = IndexView()
      /// Names of damaged segments; a rebuilt segment gets a new name.
      var excluded: Set<String> = []
      /// The epoch of the newest transaction.
      var epoch = 0
    }

    private let state = Mutex(State())
    /// The directory of the segments.
    private let directory: String

    init(directory: String) { self.directory = directory }

    /// The view of exactly the rows that a transaction sees.
    ///
    /// - Parameter transaction: one that has read nothing yet: its state is fixed here, under the lock, so that it is never
    ///   older than the newest view.
    /// - Throws: ``SegmentDamage``, and the errors of the rows.
    func view(_ transaction: IndexTransaction) throws -> IndexView {
      try state.withLock { state in
        let rows = try transaction.state()
        if transaction.epoch > state.epoch { state = State(epoch: transaction.epoch) }
        guard transaction.epoch == state.epoch else {
          // The view is of a database that has been replaced.
          var view = IndexView()
          try view.catchUp(transaction, to: rows, directory: directory, excluded: [])
          return view
        }
        guard state.view.generation != rows.generation else { return state.view }
        var view = state.view
        // Keeps the view uniquely referenced: otherwise every change would copy its arrays.
        state.view = IndexView()
        try view.catchUp(transaction, to: rows, directory: directory, excluded: state.excluded)
        state.view = view
        return view
      }
    }

    /// Never opens a segment again.
    func exclude(_ segment: String) {
      state.withLock { state in
        state.excluded.insert(segment)
        state.view = IndexView()
      }
    }

    var excluded: Set<String> { state.withLock { $0.excluded } }
  }
#endif
