/// Folders by the XDG Base Directory Specification.
enum Places {
  private static func folder(_ variable: String, _ fallback: String) -> FilePath {
    // The specification requires relative paths to be ignored.
    if let given = environment(variable), given.hasPrefix("/") {
      return FilePath(bytes: Array(given.utf8)).appending("imagesearch")
    }
    let home = environment("HOME") ?? "/"
    return FilePath(bytes: Array(home.utf8)).appending(fallback).appending("imagesearch")
  }

  static var configuration: FilePath { folder("XDG_CONFIG_HOME", ".config").appending("config.json") }
  static var defaultIndex: FilePath { folder("XDG_DATA_HOME", ".local/share").appending("index") }
  static var cache: FilePath { folder("XDG_CACHE_HOME", ".cache") }
  static var state: FilePath { folder("XDG_STATE_HOME", ".local/state") }
}
