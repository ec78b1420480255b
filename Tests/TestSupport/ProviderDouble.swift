import FoundationEssentials
import Glibc
import Synchronization

/// A provider double: a server of `Tests/ProviderDoubles` in a separate process, on loopback.
///
/// The process watches its standard input, and ends when this object is destroyed or the test program ends.
/// Control calls block the caller for a few milliseconds. `Tests/ProviderDoubles/README.md` describes them.
package final class ProviderDouble: Sendable {
  /// The plain HTTP port on 127.0.0.1.
  package let port: UInt16
  /// The TLS port, when started with `tls`.
  package let tlsPort: UInt16?
  /// All ports by their names in the double's first line; `faults` has many (`expired_port`, `refused_port` …).
  package let ports: [String: UInt16]
  /// The certificate authority to trust for the TLS port, a PEM file that is deleted with the double.
  package let caFile: String?

  private let state: Mutex<Running>

  private struct Running {
    var pid: pid_t
    var socket: Int32
  }

  /// The double's first line: ports by name, and the authority's file.
  private struct Hello: Decodable {
    var ports: [String: UInt16] = [:]
    var caFile: String?

    private struct Key: CodingKey {
      var stringValue: String
      var intValue: Int? { nil }
      init(stringValue: String) { self.stringValue = stringValue }
      init?(intValue: Int) { return nil }
    }

    init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: Key.self)
      for key in values.allKeys {
        if let port = try? values.decode(UInt16.self, forKey: key) {
          ports[key.stringValue] = port
        } else if key.stringValue == "ca_file" {
          caFile = try values.decode(String.self, forKey: key)
        }
      }
    }
  }

  /// Starts a double and waits until it listens.
  ///
  /// - Parameters:
  ///   - name: the script's name without `.py`: `tineye`, `alibaba`, `tmapi`, `faults`.
  ///   - settings: a JSON object of settings to start (and be reset) with.
  ///   - tls: also listen with TLS; needs the openssl command.
  /// - Throws: `DoubleError` when python3 is missing or the double prints nothing.
  package init(_ name: String, settings: String = "{}", tls: Bool = false) throws {
    let script = Self.folder + "/" + name + ".py"
    let process = try ChildProcess(["python3", script, "--settings", settings] + (tls ? ["--tls"] : []))
    let line = process.firstLine()
    guard let hello = try? JSONDecoder().decode(Hello.self, from: Data(line.utf8)), let port = hello.ports["port"]
    else {
      process.end()
      throw DoubleError("the double \(name) did not start; it said: \(line)")
    }
    self.port = port
    tlsPort = hello.ports["tls_port"]
    ports = hello.ports
    caFile = hello.caFile
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
