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
    public static let invalidArgument = Code(.invalidArgument)
    /// The service cannot do this; see ``Capabilities``.
    public static let unsupported = Code(.unsupported)
    /// The client was closed, or the process forked after it was opened.
    public static let closed = Code(.closed)
    /// The caller cancelled the call; ``ImageSearchError/mayHaveBeenCharged`` says whether it may have been charged
    /// nevertheless.
    public static let cancelled = Code(.cancelled)
    /// A file that the caller named cannot be opened, read or written.
    public static let fileNotReadable = Code(.fileNotReadable)
    /// A fault of this library or of the system below it.
    public static let internalFailure = Code(.internalFailure)
    /// The system is out of memory, threads or file descriptors.
    public static let outOfMemory = Code(.outOfMemory)

    // MARK: image

    /// The bytes are not an image of any known format.
    public static let notAnImage = Code(.notAnImage)
    /// An image, but of a format that the service does not take.
    public static let unsupportedFormat = Code(.unsupportedFormat)
    /// An animated image, which the service does not take.
    public static let animatedImage = Code(.animatedImage)
    /// An image whose header or data is damaged or cut short.
    public static let corruptImage = Code(.corruptImage)
    /// More bytes or pixels than the limit in the message.
    public static let imageTooLarge = Code(.imageTooLarge)
    /// Fewer pixels per side than the limit in the message.
    public static let imageTooSmall = Code(.imageTooSmall)
    /// Too simple or too small to be matched.
    public static let imageTooSimple = Code(.imageTooSimple)
    /// No bytes at all.
    public static let emptyImage = Code(.emptyImage)

    // MARK: address

    /// Not an http or https URL, or one that the service refuses.
    public static let invalidURL = Code(.invalidURL)
    /// The image behind the URL could not be fetched.
    public static let urlNotFetched = Code(.urlNotFetched)
    /// The URL leads to a private or loopback address, which is refused unless allowed.
    public static let addressRefused = Code(.addressRefused)

    // MARK: account

    /// The key is missing, wrong or disabled.
    public static let unauthorized = Code(.unauthorized)
    /// The provider no longer accepts this authentication method.
    public static let authenticationMethodRemoved = Code(.authenticationMethodRemoved)
    /// The provider computed a different signature: the private key is wrong, or a proxy changed the request.
    public static let signatureRejected = Code(.signatureRejected)
    /// The clock of this machine differs too much from the provider's.
    public static let clockSkew = Code(.clockSkew)
    /// No searches are left, or the subscription has ended.
    public static let noSearchesLeft = Code(.noSearchesLeft)
    /// A quota that renews itself is used up; see ``ImageSearchError/retryAfter``.
    public static let quotaExceeded = Code(.quotaExceeded)
    /// The account may not do this.
    public static let permissionDenied = Code(.permissionDenied)
    /// The index or instance is full.
    public static let capacityReached = Code(.capacityReached)
    /// The cap on paid calls that the caller set is reached; nothing was sent.
    public static let spendingCapReached = Code(.spendingCapReached)
    /// The instance is not running or its payment is overdue.
    public static let instanceUnavailable = Code(.instanceUnavailable)

    // MARK: load

    /// The provider asks for fewer requests.
    public static let tooManyRequests = Code(.tooManyRequests)
    /// The provider is overloaded.
    public static let serviceBusy = Code(.serviceBusy)
    /// The provider reported a timeout of its own.
    public static let providerTimeout = Code(.providerTimeout)

    // MARK: transport

    /// No connection; nothing was sent.
    public static let connectionFailed = Code(.connectionFailed)
    /// The host name cannot be resolved; nothing was sent.
    public static let hostNotFound = Code(.hostNotFound)
    /// The TLS handshake or the check of the certificate failed; nothing was sent.
    public static let tlsFailed = Code(.tlsFailed)
    /// The connection broke after the request was sent.
    public static let connectionLost = Code(.connectionLost)
    /// The connection or one attempt took longer than its timeout.
    public static let timedOut = Code(.timedOut)
    /// The whole call took longer than its deadline, or would have to wait longer.
    public static let deadlineExceeded = Code(.deadlineExceeded)
    /// The response is larger than the cap.
    public static let responseTooLarge = Code(.responseTooLarge)
    /// A redirect that is not followed: the provider's, so that no key is sent along, or one that leads to an invalid
    /// URL.
    public static let redirectRefused = Code(.redirectRefused)
    /// The proxy cannot be reached or refuses the connection.
    public static let proxyFailed = Code(.proxyFailed)

    // MARK: response

    /// The response is not what the provider's documentation says: HTML, broken JSON, a missing part.
    public static let malformedResponse = Code(.malformedResponse)
    /// A provider's error for which there is no code here.
    public static let providerError = Code(.providerError)
    /// The provider refuses a parameter.
    public static let invalidRequest = Code(.invalidRequest)
    /// Something that the call names does not exist.
    public static let notFound = Code(.notFound)
    /// The host or path is not the provider's; check the base URL.
    public static let wrongEndpoint = Code(.wrongEndpoint)

    // MARK: index

    /// The local index cannot be opened or written: missing, locked, read-only.
    public static let indexUnavailable = Code(.indexUnavailable)
    /// The local index is damaged.
    public static let indexCorrupt = Code(.indexCorrupt)
    /// The local index was made by another version; `rebuild` recreates it.
    public static let indexVersionMismatch = Code(.indexVersionMismatch)
    /// No space is left on the disk; nothing of the call was stored.
    public static let diskFull = Code(.diskFull)
  }
}

extension ImageSearchError.Code: CustomStringConvertible {
  /// The name of the code, for instance `noSearchesLeft`.
  public var description: String { Self.names[self] ?? "code \(rawValue)" }

  /// Every code that this version knows, with its name.
  package static let names = Dictionary(uniqueKeysWithValues: Known.allCases.map { (Self($0), "\($0)") })

  private init(_ known: Known) { rawValue = known.rawValue }

  /// The codes and their numbers, each written once.
  private enum Known: Int32, CaseIterable {
    case invalidArgument = 1, unsupported = 2, closed = 3, cancelled = 4, fileNotReadable = 5, internalFailure = 6
    case outOfMemory = 7
    case notAnImage = 20, unsupportedFormat = 21, animatedImage = 22, corruptImage = 23, imageTooLarge = 24
    case imageTooSmall = 25, imageTooSimple = 26, emptyImage = 27
    case invalidURL = 40, urlNotFetched = 41, addressRefused = 42
    case unauthorized = 60, authenticationMethodRemoved = 61, signatureRejected = 62, clockSkew = 63
    case noSearchesLeft = 64, quotaExceeded = 65, permissionDenied = 66, capacityReached = 67, spendingCapReached = 68
    case instanceUnavailable = 69
    case tooManyRequests = 80, serviceBusy = 81, providerTimeout = 82
    case connectionFailed = 100, hostNotFound = 101, tlsFailed = 102, connectionLost = 103, timedOut = 104
    case deadlineExceeded = 105, responseTooLarge = 106, redirectRefused = 107, proxyFailed = 108
    case malformedResponse = 120, providerError = 121, invalidRequest = 122, notFound = 123, wrongEndpoint = 124
    case indexUnavailable = 140, indexCorrupt = 141, indexVersionMismatch = 142, diskFull = 143
  }
}
