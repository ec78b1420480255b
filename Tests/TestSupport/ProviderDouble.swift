import FoundationEssentials
import Glibc
import Synchronization

/// A provider double: a server of `Tests/ProviderDoubles`, in a process of its own, on loopback.
///
/// The process ends when this object goes, or when the test program dies: it watches its standard input.
/// Control calls block the caller for a few milliseconds. What they mean is in `Tests/ProviderDoubles/README.md`.
package final class ProviderDouble: Sendable {
  /// The plain HTTP port on 127.0.0.1.
  package let port: UInt16
  /// The TLS port, when started with `tls`.
  package let tlsPort: UInt16?
  /// The certificate authority to trust for the TLS port, a PEM file that is deleted with the double.
  package let caFile: String?

  private let state: Mutex<Running>

  private struct Running {
    var pid: pid_t
    var socket: Int32
  }

  /// What the double says on its first line.
  private struct Hello: Decodable {
    var port: UInt16
    var tls_port: UInt16?
    var ca_file: String?
  }

  /// Starts a double and waits until it listens.
  ///
  /// - Parameters:
  ///   - name: the script's name without `.py`: `tineye`, `alibaba`, `tmapi`, `faults`.
  ///   - settings: a JSON object of settings to start (and be reset) with.
  ///   - tls: also listen with TLS; needs the openssl command.
  /// - Throws: `DoubleError` when python3 is missing or the double says nothing.
  package init(_ name: String, settings: String = "{}", tls: Bool = false) throws {
    let script = Self.folder + "/" + name + ".py"
    let process = try ChildProcess(["python3", script, "--settings", settings] + (tls ? ["--tls"] : []))
    let line = process.firstLine()
    guard let hello = try? JSONDecoder().decode(Hello.self, from: Data(line.utf8)) else {
      process.end()
      throw DoubleError("the double \(name) did not start; it said: \(line)")
    }
    port = hello.port
    tlsPort = hello.tls_port
    caFile = hello.ca_file
    state = Mutex(Running(pid: process.pid, socket: process.socket))
  }

  deinit {
    stop()
  }

  /// Ends the double; calling it again does nothing.
  package func stop() {
    let running = state.withLock { state in
      let old = state
      state = Running(pid: 0, socket: -1)
      return old
    }
    if running.pid > 0 {
      ChildProcess.end(pid: running.pid, socket: running.socket)
    }
  }

  /// `http://127.0.0.1:<port>`, without a slash at the end.
  package var url: String { "http://127.0.0.1:\(port)" }

  /// `https://localhost:<port>`, or nil without TLS.
  package var tlsURL: String? { tlsPort.map { "https://localhost:\($0)" } }

  /// The doubles' folder, beside this one in the source tree.
  private static var folder: String {
    let pieces = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    return pieces.dropLast(2).joined(separator: "/") + "/ProviderDoubles"
  }
}
