import Glibc

/// The process's peak resident memory in bytes since the last reset; Linux only. Tests run in parallel in one process, so a
/// value is an upper bound: measure again when it is too large.
public enum PeakMemory {
  /// Resets the peak to the present resident memory (proc(5), clear_refs).
  public static func forget() {
    guard let file = fopen("/proc/self/clear_refs", "w") else { return }
    fputs("5", file)
    fclose(file)
  }

  /// - Returns: `nil` when the system does not report it.
  public static func read() -> Int? {
    guard let file = fopen("/proc/self/status", "r") else { return nil }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, Int32(line.count), file) != nil {
      let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      guard text.hasPrefix("VmHWM:") else { continue }
      return Int(text.drop { !$0.isNumber }.prefix { $0.isNumber }).map { $0 * 1024 }
    }
    return nil
  }

  /// Returns by how much `body` raises the peak.
  public static func growth(_ body: () throws -> Void) rethrows -> Int? {
    forget()
    let before = read()
    try body()
    return difference(before)
  }

  /// Returns by how much `body` raises the peak.
  public static func growth(_ body: () async throws -> Void) async rethrows -> Int? {
    forget()
    let before = read()
    try await body()
    return difference(before)
  }

  private static func difference(_ before: Int?) -> Int? {
    guard let before, let after = read() else { return nil }
    return after - before
  }
}
