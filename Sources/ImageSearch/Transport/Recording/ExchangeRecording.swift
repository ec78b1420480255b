/// Exchanges with a provider kept in files, so that a program's own tests need neither the provider nor its price.
///
/// The files hold no secret: keys, tokens, signatures, nonces, policies and dates of authentication are replaced, in the URL, the
/// headers and the bodies of answers; of the body of a request there is a digest only. Images that were fetched are in
/// the files as they came.
public enum ExchangeRecording: Sendable, Hashable {
  /// Ask the provider, and write every exchange as one JSON file into this folder, which is made if it is missing.
  case record(folder: String)
  /// Ask nobody and answer from the files of this folder, each once, in the order they were written. A request that is not
  /// there is ``ImageSearchError/Code/notFound``, which names it. The client may be opened with any key.
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
