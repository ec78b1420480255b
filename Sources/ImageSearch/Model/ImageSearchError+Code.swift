extension ImageSearchError {
  /// The kind of a failure. A struct, so that a new kind breaks no caller; the numbers are those of `imagesearch_status` in
  /// `include/imagesearch.h` and are never reused.
  public struct Code: RawRepresentable, Sendable, Hashable {
    /// The number in the C interface.
    public let rawValue: Int32

    /// - Parameter rawValue: any number; unknown ones are kept.
    public init(rawValue: Int32) { self.rawValue = rawValue }

    // MARK: caller

    /// An argument is out of range or contradicts another; the message names it and the limit.
    public static let invalidArgument = Code(rawValue: 1)
    /// The service cannot do this; see ``Capabilities``.
    public static let unsupported = Code(rawValue: 2)
    /// The client was closed, or the process forked after it was opened.
    public static let closed = Code(rawValue: 3)
    /// The caller cancelled the call.
    public static let cancelled = Code(rawValue: 4)
    /// A file that the caller named cannot be opened, read or written.
    public static let fileNotReadable = Code(rawValue: 5)
    /// A fault of this library or of the system under it.
    public static let internalFailure = Code(rawValue: 6)
    /// No memory, thread or descriptor could be had.
    public static let outOfMemory = Code(rawValue: 7)

    // MARK: image

    /// The bytes are no image that can be identified.
    public static let notAnImage = Code(rawValue: 20)
    /// An image, but of a format that the service does not take.
    public static let unsupportedFormat = Code(rawValue: 21)
    /// An animated image, which the service does not take.
    public static let animatedImage = Code(rawValue: 22)
    /// An image whose header or data is damaged or cut short.
    public static let corruptImage = Code(rawValue: 23)
    /// More bytes or pixels than the limit in the message.
    public static let imageTooLarge = Code(rawValue: 24)
    /// Fewer pixels a side than the limit in the message.
    public static let imageTooSmall = Code(rawValue: 25)
    /// Too simple or too small to be matched.
    public static let imageTooSimple = Code(rawValue: 26)
    /// No bytes at all.
    public static let emptyImage = Code(rawValue: 27)

    // MARK: address

    /// No http or https URL, or one that the service refuses.
    public static let invalidURL = Code(rawValue: 40)
    /// The image behind the URL could not be fetched.
    public static let urlNotFetched = Code(rawValue: 41)
    /// The URL leads to a private or loopback address, which is refused unless allowed.
    public static let addressRefused = Code(rawValue: 42)

    // MARK: account

    /// The key is missing, wrong or disabled.
    public static let unauthorized = Code(rawValue: 60)
    /// The provider no longer takes this way of signing in.
    public static let authenticationMethodRemoved = Code(rawValue: 61)
    /// The provider computed another signature: wrong private key, or a proxy changed the request.
    public static let signatureRejected = Code(rawValue: 62)
    /// The clock of this machine differs too much from the provider's.
    public static let clockSkew = Code(rawValue: 63)
    /// No searches are left, or the subscription has ended.
    public static let noSearchesLeft = Code(rawValue: 64)
    /// A quota that renews itself is used up; see ``ImageSearchError/retryAfter``.
    public static let quotaExceeded = Code(rawValue: 65)
    /// The account may not do this.
    public static let permissionDenied = Code(rawValue: 66)
    /// The index or instance is full.
    public static let capacityReached = Code(rawValue: 67)
    /// The cap on paid calls that the caller set is reached; nothing was sent.
    public static let spendingCapReached = Code(rawValue: 68)
    /// The instance is not running or its payment is overdue.
    public static let instanceUnavailable = Code(rawValue: 69)

    // MARK: load

    /// The provider asks for fewer requests.
    public static let tooManyRequests = Code(rawValue: 80)
    /// The provider is overloaded.
    public static let serviceBusy = Code(rawValue: 81)
    /// The provider gave up for lack of time.
    public static let providerTimeout = Code(rawValue: 82)

    // MARK: transport

    /// No connection; nothing was sent.
    public static let connectionFailed = Code(rawValue: 100)
    /// The host name cannot be resolved; nothing was sent.
    public static let hostNotFound = Code(rawValue: 101)
    /// The TLS handshake or the check of the certificate failed; nothing was sent.
    public static let tlsFailed = Code(rawValue: 102)
    /// The connection broke after the request was sent.
    public static let connectionLost = Code(rawValue: 103)
    /// The connection or one attempt took longer than its timeout.
    public static let timedOut = Code(rawValue: 104)
    /// The whole call took longer than its deadline, or would have to wait longer.
    public static let deadlineExceeded = Code(rawValue: 105)
    /// The answer is larger than the cap.
    public static let responseTooLarge = Code(rawValue: 106)
    /// The provider answered with a redirect, which a key does not follow.
    public static let redirectRefused = Code(rawValue: 107)
    /// The proxy cannot be reached or refuses.
    public static let proxyFailed = Code(rawValue: 108)

    // MARK: answer

    /// The answer is not what the documents say: HTML, broken JSON, a missing part.
    public static let malformedResponse = Code(rawValue: 120)
    /// An error of the provider that has no code of its own here.
    public static let providerError = Code(rawValue: 121)
    /// The provider refuses a parameter.
    public static let invalidRequest = Code(rawValue: 122)
    /// What the call names does not exist.
    public static let notFound = Code(rawValue: 123)
    /// The host or path is not the provider's; check the base URL.
    public static let wrongEndpoint = Code(rawValue: 124)

    // MARK: index

    /// The local index cannot be opened or written: missing, locked, read-only.
    public static let indexUnavailable = Code(rawValue: 140)
    /// The local index is damaged.
    public static let indexCorrupt = Code(rawValue: 141)
    /// The local index was made by another version; `rebuild` makes it anew.
    public static let indexVersionMismatch = Code(rawValue: 142)
    /// No space is left on the disk; nothing of the call was stored.
    public static let diskFull = Code(rawValue: 143)
  }
}

extension ImageSearchError.Code: CustomStringConvertible {
  /// The name of the code, for instance `noSearchesLeft`.
  public var description: String { Self.names[self] ?? "code \(rawValue)" }

  /// Every code that this version knows, with its name.
  package static let names: [Self: String] = [
    .invalidArgument: "invalidArgument",
    .unsupported: "unsupported",
    .closed: "closed",
    .cancelled: "cancelled",
    .fileNotReadable: "fileNotReadable",
    .internalFailure: "internalFailure",
    .outOfMemory: "outOfMemory",
    .notAnImage: "notAnImage",
    .unsupportedFormat: "unsupportedFormat",
    .animatedImage: "animatedImage",
    .corruptImage: "corruptImage",
    .imageTooLarge: "imageTooLarge",
    .imageTooSmall: "imageTooSmall",
    .imageTooSimple: "imageTooSimple",
    .emptyImage: "emptyImage",
    .invalidURL: "invalidURL",
    .urlNotFetched: "urlNotFetched",
    .addressRefused: "addressRefused",
    .unauthorized: "unauthorized",
    .authenticationMethodRemoved: "authenticationMethodRemoved",
    .signatureRejected: "signatureRejected",
    .clockSkew: "clockSkew",
    .noSearchesLeft: "noSearchesLeft",
    .quotaExceeded: "quotaExceeded",
    .permissionDenied: "permissionDenied",
    .capacityReached: "capacityReached",
    .spendingCapReached: "spendingCapReached",
    .instanceUnavailable: "instanceUnavailable",
    .tooManyRequests: "tooManyRequests",
    .serviceBusy: "serviceBusy",
    .providerTimeout: "providerTimeout",
    .connectionFailed: "connectionFailed",
    .hostNotFound: "hostNotFound",
    .tlsFailed: "tlsFailed",
    .connectionLost: "connectionLost",
    .timedOut: "timedOut",
    .deadlineExceeded: "deadlineExceeded",
    .responseTooLarge: "responseTooLarge",
    .redirectRefused: "redirectRefused",
    .proxyFailed: "proxyFailed",
    .malformedResponse: "malformedResponse",
    .providerError: "providerError",
    .invalidRequest: "invalidRequest",
    .notFound: "notFound",
    .wrongEndpoint: "wrongEndpoint",
    .indexUnavailable: "indexUnavailable",
    .indexCorrupt: "indexCorrupt",
    .indexVersionMismatch: "indexVersionMismatch",
    .diskFull: "diskFull",
  ]
}
