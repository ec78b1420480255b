/// Exchanges with a provider in files, so that a program's tests need not call, or pay, the provider.
///
/// The files hold no secret: keys, tokens, signatures, nonces, policies and dates of authentication are replaced in the
/// URL, the headers and the bodies of responses; of a request's body there is only a digest. Images that were fetched
/// are stored unchanged.
public enum ExchangeRecording: Sendable, Hashable {
  /// Calls the provider, and writes every exchange as one JSON file to this folder, which is created if it is missing.
  case record(folder: String)
  /// Sends nothing, and takes the responses from the files of this folder, each once, in the order in which they were
  /// written. A request that was not recorded throws ``ImageSearchError/Code/notFound``, which names it. The client may
  /// be opened with any key.
  case replay(folder: String)

  /// - Throws: ``ImageSearchError/Code/fileNotReadable``.
  func transport(_ service: String, secrets: [Secret], over inner: () throws -> any HTTPTransport) throws
    -> any HTTPTransport
  {
    switch self {
    case .record(let folder):
      try RecordingTransport(folder: folder, service: service, secrets: secrets, over: inner())
    case .replay(let folder): try ReplayTransport(folder: folder, service: service)
    }
  }
}
