import FoundationEssentials
import ImageSearch

/// How a report was made, in enough detail to verify it.
struct ReportManifest: Encodable, Sendable {
  struct Option: Encodable, Sendable {
    var name, value: String
  }

  /// One search at one service.
  struct Search: Encodable, Sendable {
    var service: String
    /// Index of the image.
    var image: Int
    var began: String
    var seconds: Double
    /// Number of matches from the service.
    var matches: Int
    var requestIDs: [String]
    var warnings: [String]
    var error: String?
  }

  /// Version of this format.
  var format = 1
  var generator = "imagesearch \(LibraryVersion.text)"
  var kind: ReportKind
  var began: String
  var ended = ""
  var options: [Option]
  /// Versions of the matcher and of the libraries.
  var versions: [Option] = []
  /// The input images, without their pixels.
  var images: [GivenImage] = []
  var searches: [Search] = []
  /// What was omitted from the report, and why.
  var remarks: [String] = []

  /// In UTC, to the millisecond.
  static func text(of time: Date) -> String {
    Date.ISO8601FormatStyle(includingFractionalSeconds: true).format(time)
  }
}

/// The kind of report.
enum ReportKind: String, Encodable, Sendable {
  case search
  case duplicates
  case compare
}

/// The response of one service to one query.
struct ReportAnswer: Sendable {
  /// The service's name on the command line.
  var service: String
  var matches: [Match]
  /// Total number of matches; `nil` when the service does not report it.
  var total: Int?
  var requestIDs: [String] = []
  var warnings: [String] = []
  /// The error message if the service failed.
  var error: String?
  var began: Date
  var seconds: Double
}
