#if LocalIndex
  import CSQLite
  import ImageSearch

  extension LocalIndex {
    /// The libraries that an index is kept with, as they are loaded: pairs of a name and a version.
    package static var linkedLibraries: [(String, String)] {
      [("sqlite", String(cString: sqlite3_libversion()))]
    }

    /// What images are compared with: the version of the matcher, then the libraries. For the command's reports; no promise to others.
    @_spi(Command) public static var versions: [(name: String, version: String)] {
      [("matcher", "\(MatchEngine.version)")] + LinkedLibraries.versions + linkedLibraries
    }
  }
#endif
