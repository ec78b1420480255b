import FoundationEssentials
import Glibc

/// How much memory the process took at most. Tests run side by side in one process, so a figure is an upper bound: measure again when it
/// is too large.
enum PeakMemory {
  /// - Returns: bytes that were resident at most during `body`, beyond those at its start.
  static func growth(during body: () async throws -> Void) async throws -> Int {
    // 5 sets the peak to what is resident now (proc(5)).
    let descriptor = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC)
    if descriptor >= 0 {
      _ = write(descriptor, "5", 1)
      _ = close(descriptor)
    }
    let before = try field("VmRSS:")
    try await body()
    return try field("VmHWM:") - before
  }

  private static func field(_ name: String) throws -> Int {
    let text = String(decoding: try Data(contentsOf: URL(filePath: "/proc/self/status")), as: UTF8.self)
    for line in text.split(separator: "\n") where line.hasPrefix(name) {
      return (Int(line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first ?? "") ?? 0) * 1024
    }
    return 0
  }
}
