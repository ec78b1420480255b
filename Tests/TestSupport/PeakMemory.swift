import Glibc

/// The process's peak resident memory, in bytes, since it was last forgotten; Linux only. Tests run side by side in one process, so a
/// figure is an upper bound: measure again when it is too large.
public enum PeakMemory {
  /// Sets the peak to what is resident now (proc(5), clear_refs).
  public static func forget() {
    guard let file = fopen("/proc/self/clear_refs", "w") else { return }
    fputs("5", file)
    fclose(file)
  }

  /// - Returns: `nil` when the system does not tell.
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

  /// How far `body` raises the peak.
  public static func growth(_ body: () throws -> Void) rethrows -> Int? {
    forget()
    let before = read()
    try body()
    return difference(before)
  }

  /// How far `body` raises the peak.
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
