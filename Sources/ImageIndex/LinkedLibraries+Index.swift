#if LocalIndex
  import CSQLite

  extension LocalIndex {
    /// The libraries that an index is kept with, as they are loaded: pairs of a name and a version.
    package static var linkedLibraries: [(String, String)] {
      [("sqlite", String(cString: sqlite3_libversion()))]
    }
  }
#endif
