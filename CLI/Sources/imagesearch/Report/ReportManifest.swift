import FoundationEssentials
import ImageSearch

/// How a report was made: enough to defend a claim that rests on it.
struct ReportManifest: Encodable, Sendable {
  struct Option: Encodable, Sendable {
    var name, value: String
  }

  /// One question to one service.
  struct Search: Encodable, Sendable {
    var service: String
    /// Position among the images.
    var image: Int
    var began: String
    var seconds: Double
    /// Matches that the service gave.
    var matches: Int
    var requestIDs: [String]
    var warnings: [String]
    var error: String?
  }

  /// Version of this form.
  var format = 1
  var generator = "imagesearch \(LibraryVersion.text)"
  var kind: ReportKind
  var began: String
  var ended = ""
  var options: [Option]
  /// Versions of the matcher and of the libraries that took part.
  var versions: [Option] = []
  /// Images that were given, without their pixels.
  var images: [GivenImage] = []
  var searches: [Search] = []
  /// What is not in the report, and why.
  var remarks: [String] = []

  /// In UTC, to the millisecond.
  static func text(of time: Date) -> String {
    Date.ISO8601FormatStyle(includingFractionalSeconds: true).format(time)
  }
}

/// What a report is about.
enum ReportKind: String, Encodable, Sendable {
  case search
  case duplicates
  case compare
}

/// What one service answered to one query.
struct ReportAnswer: Sendable {
  /// The service's name on the command line.
  var service: String
  var matches: [Match]
  /// Number of matches in all; `nil` when the service does not tell.
  var total: Int?
  var requestIDs: [String] = []
  var warnings: [String] = []
  /// What is printed when the service failed.
  var error: String?
  var began: Date
  var seconds: Double
}
