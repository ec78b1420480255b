import FoundationEssentials
import Glibc
@_spi(Command) import ImageSearch

/// A report that cannot be written, in one line.
struct ReportError: Error, CustomStringConvertible {
  var description: String
}

/// The file of a report: one self-contained page.
enum ReportFile {
  private static let styles = [PackageResources.view_css, PackageResources.report_css]
  private static let scripts = [
    PackageResources.words_js, PackageResources.stage_js, PackageResources.rows_js, PackageResources.detail_js,
    PackageResources.browser_js, PackageResources.report_js,
  ]

  /// Fills in the template and writes the file.
  ///
  /// - Parameters:
  ///   - manifest: JSON that is safe in a `<script>`.
  ///   - data: the same.
  /// - Throws: ``ReportError``.
  static func write(title: String, generator: String, manifest: [UInt8], data: [UInt8], to path: FilePath) throws {
    let style = Array(styles.joined(separator: [UInt8(ascii: "\n")]))
    let script = Array(scripts.joined(separator: [UInt8(ascii: "\n")]))
    let values: [String: [UInt8]] = [
      "style": style, "script": script, "style-hash": try hash(style), "script-hash": try hash(script),
      "title": escaped(title), "generator": escaped(generator), "manifest": manifest, "data": data,
    ]
    try write(fill(values), to: path)
  }

  /// The page's template with each `{{name}}` replaced; values are not expanded.
  private static func fill(_ values: [String: [UInt8]]) throws -> [[UInt8]] {
    let template = String(decoding: PackageResources.report_html, as: UTF8.self)
    var pieces: [[UInt8]] = []
    var rest = template[...]
    while let open = rest.firstRange(of: "{{"), let close = rest[open.upperBound...].firstRange(of: "}}") {
      guard let value = values[String(rest[open.upperBound..<close.lowerBound])] else {
        throw ReportError(description: "the page of the report is damaged")
      }
      pieces.append(Array(rest[..<open.lowerBound].utf8))
      pieces.append(value)
      rest = rest[close.upperBound...]
    }
    pieces.append(Array(rest.utf8))
    return pieces
  }

  /// Text escaped for an HTML element or a quoted attribute. Braces are escaped too, so that no value looks like a
  /// placeholder.
  private static func escaped(_ text: String) -> [UInt8] {
    var result: [UInt8] = []
    for scalar in text.unicodeScalars {
      switch scalar {
      case "<", ">", "&", "\"", "'", "{", "}": result.append(contentsOf: Array("&#\(scalar.value);".utf8))
      case _ where isHarmful(scalar): result.append(32)
      default: result.append(contentsOf: Array(String(scalar).utf8))
      }
    }
    return result
  }

  /// The hash of a style or a script for a Content-Security-Policy.
  private static func hash(_ bytes: [UInt8]) throws -> [UInt8] {
    let hex = Array(try CommandSupport.sha256(bytes).utf8)
    let digest = stride(from: 0, to: hex.count - 1, by: 2).compactMap {
      UInt8(String(decoding: hex[$0...($0 + 1)], as: UTF8.self), radix: 16)
    }
    return Array(Data(digest).base64EncodedString().utf8)
  }

  private static func write(_ pieces: [[UInt8]], to path: FilePath) throws {
    do {
      // A device or a pipe is written as it is: it cannot be replaced.
      if let status = try? FileStatus.of(path), status.kind != .file {
        let file = try OpenFile(path, O_WRONLY)
        for piece in pieces { try file.write(piece) }
        return
      }
      let place = path.parent.appending(FilePath(bytes: path.name.bytes + Array(".\(getpid()).new".utf8)))
      let file = try OpenFile(place, O_WRONLY | O_CREAT | O_EXCL, mode: 0o666)
      do {
        for piece in pieces { try file.write(piece) }
        guard place.withCString({ from in path.withCString { rename(from, $0) } }) == 0 else {
          throw SystemError(path.text)
        }
      } catch {
        _ = place.withCString { unlink($0) }
        throw error
      }
    } catch let error as SystemError {
      throw ReportError(description: "the report \(path.text) cannot be written: \(error.reason)")
    }
  }
}
