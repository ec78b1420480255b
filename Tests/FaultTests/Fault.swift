import FoundationEssentials
import ImageSearch
import TestSupport

/// A fault of the doubles, with the expected outcome of our client.
struct Fault: Sendable {
  var name: String
  /// Whether the request was processed and charged before its response was damaged.
  var isReal: Bool

  /// Every fault that the doubles know.
  static func all(_ double: ProviderDouble) throws -> [Fault] {
    struct Row: Decodable {
      var name: String
      var real: Bool
    }
    let data = try double.get("faults")
    return try JSONDecoder().decode([Row].self, from: data).map { Fault(name: $0.name, isReal: $0.real) }
  }

  /// Whether only the timeout ends the call.
  var isSlow: Bool { ["silence", "one_byte_a_second", "slow_header", "endless_informational"].contains(name) }

  /// The allowed outcomes of a call during the fault; an empty set means that the fault is missing in the table.
  func allowed(for call: FaultCall) -> Set<FaultOutcome.End> {
    if call.isImage, let ends = Self.images[name] { return ends }
    var ends = Self.table[name] ?? []
    let keepsStatus = name != "html_200" && name != "no_content"
    if call.readsStatusOnly, keepsStatus, ends.contains(.failed(.malformedResponse)) || name == "gzip_bomb" {
      // A missing image is an error of the call that names it.
      ends.formUnion([.succeeded, .failed(.corruptImage), .failed(.urlNotFetched)])
    }
    return ends
  }

  private static let lost: Set<FaultOutcome.End> = [.failed(.connectionLost)]
  private static let late: Set<FaultOutcome.End> = [.failed(.timedOut), .failed(.deadlineExceeded)]
  private static let broken: Set<FaultOutcome.End> = [.failed(.malformedResponse)]
  private static let large: Set<FaultOutcome.End> = [.failed(.responseTooLarge)]
  private static let redirect: Set<FaultOutcome.End> = [.failed(.redirectRefused)]

  private static let table: [String: Set<FaultOutcome.End>] = [
    "silence": late, "close": lost, "reset": lost, "reset_while_uploading": lost,
    "close_mid_header": lost, "reset_mid_header": lost, "close_mid_body": lost, "reset_mid_body": lost,
    "short_content_length": broken, "two_content_lengths": lost.union(broken), "negative_content_length": broken,
    "no_content_length": [.succeeded], "huge_content_length": lost.union(large), "endless_body": large,
    "endless_body_until_close": large, "one_byte_a_second": late, "slow_header": late, "good_gzip": [.succeeded],
    "bad_gzip": broken, "cut_gzip": broken, "gzip_bomb": large, "unknown_encoding": broken, "good_chunks": [.succeeded],
    "bad_chunk": lost, "cut_chunks": lost, "oversized_header": large, "many_headers": large,
    "informational": [.succeeded], "endless_informational": late.union(large), "no_content": broken,
    "empty_body": broken, "garbage": broken, "redirect_loop": redirect, "redirect_other_host": redirect,
    "redirect_307_other_host": redirect, "redirect_file": redirect, "early_413": [.failed(.imageTooLarge)],
    // The reset may overtake the response.
    "early_413_reset": [.failed(.imageTooLarge), .failed(.connectionLost)], "html_200": broken,
    "html_502": [.failed(.providerError)],
    // Encodings other than UTF-8 may be read correctly or rejected, but not misread.
    "wrong_charset": broken.union([.succeeded]), "utf16_body": broken.union([.succeeded]),
    "bom_body": broken.union([.succeeded]), "cut_json": broken, "deep_json": broken, "wrong_json": broken,
  ]

  /// An image is passed on unchanged, if it begins like one.
  private static let images: [String: Set<FaultOutcome.End>] = [
    // Requested without compression, so a compressed response is not an image.
    "good_gzip": broken, "gzip_bomb": broken, "unknown_encoding": [.succeeded],
    // A truncated image with a matching Content-Length cannot be detected.
    "short_content_length": [.succeeded], "cut_json": [.succeeded],
    // Followed without the key, up to the limit of redirects.
    "redirect_other_host": redirect.union([.succeeded]), "redirect_307_other_host": redirect.union([.succeeded]),
    "no_content": [.failed(.urlNotFetched)], "early_413": [.failed(.urlNotFetched)],
    "early_413_reset": [.failed(.urlNotFetched), .failed(.connectionLost)], "wrong_charset": broken.union([.succeeded]),
  ]
}
