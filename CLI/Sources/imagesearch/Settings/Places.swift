import Glibc

/// Folders by the XDG Base Directory Specification.
enum Places {
  /// The user's home folder: from the environment, or else from the user database, since services and cron jobs may have no `HOME`.
  static var home: FilePath {
    if let home = environment("HOME") { return FilePath(bytes: Array(home.utf8)) }
    var entry = passwd()
    var found: UnsafeMutablePointer<passwd>?
    var buffer = [CChar](repeating: 0, count: 16_384)
    guard getpwuid_r(getuid(), &entry, &buffer, buffer.count, &found) == 0, found != nil, let folder = entry.pw_dir
    else { return FilePath(bytes: [UInt8(ascii: "/")]) }
    return FilePath(bytes: UnsafeBufferPointer(start: folder, count: strlen(folder)).map { UInt8(bitPattern: $0) })
  }

  private static func folder(_ variable: String, _ fallback: String) -> FilePath {
    // The specification requires relative paths to be ignored.
    if let given = environment(variable), given.hasPrefix("/") {
      return FilePath(bytes: Array(given.utf8)).appending("imagesearch")
    }
    return home.appending(fallback).appending("imagesearch")
  }

  static var configuration: FilePath { folder("XDG_CONFIG_HOME", ".config").appending("config.json") }
  static var defaultIndex: FilePath { folder("XDG_DATA_HOME", ".local/share").appending("index") }
  static var cache: FilePath { folder("XDG_CACHE_HOME", ".cache") }
  static var state: FilePath { folder("XDG_STATE_HOME", ".local/state") }
}
