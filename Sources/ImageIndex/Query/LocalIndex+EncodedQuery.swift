#if LocalIndex
  import ImageCodecs
  import ImageMatching
  import ImageSearch
  import Rasters

  extension LocalIndex {
    /// Whether an encoded query contains the query's pixels.
    public enum QueryForm: Sendable, Hashable {
      /// With pixels: a search returns what a search with the image itself does.
      case exact
      /// Without pixels: about 55 KB for the first pass of a photograph. Matches are as reliable, but their relations
      /// may be less exact; ``SearchPage/isApproximate`` is set when that may be the case.
      case compact
    }

    /// Maximum size of an encoded query in bytes.
    public static var maximumQueryBytes: Int { EncodedQuery.mostBytes }

    /// Encodes a query image as bytes, to search many indexes with it: the digest of its bytes, and the features of
    /// each pass that ``SearchRequest/effort`` allows. Valid for indexes of this version of the library.
    ///
    /// - Parameters:
    ///   - request: the request, of which image, region and effort are used.
    ///   - form: whether the result contains the pixels.
    ///   - options: limits of this call.
    /// - Throws: ``ImageSearchError`` as ``search(_:options:)`` does for the image. A too simple or too small image is
    ///   no error: a search may find its bytes.
    public func encodedQuery(
      of request: SearchRequest, form: QueryForm = .exact, options: CallOptions = .init()
    ) async throws -> [UInt8] {
      try await log.call("encodedQuery") {
        let (request, control) = try await begun(request, options)
        return try await workers.run(control: control) { [self] in
          try encoded(request, control: control).bytes(compact: form == .compact)
        }
      }
    }

    /// Blocks.
    private func encoded(_ request: SearchRequest, control: CallControl) throws -> EncodedQuery {
      let (bytes, _) = try load(request.image, control: control)
      return try bytes.withUnsafeBytes { raw in
        var encoded = EncodedQuery()
        encoded.digest = request.region == nil ? try Self.digest(raw) : nil
        do {
          let (query, image) = try ImageAnalyzer(configuration: configuration, control: control).queryAndImage(
            raw, region: request.region)
          encoded.append(.first, query)
          guard request.effort != .fast, request.region == nil else { return encoded }
          try lookAgain(query, image, raw, request, control: control) { forms in
            for (way, query) in forms {
              switch way {
              case .outline: encoded.append(.outline, nil)
              case .negative: encoded.append(.negative, nil)
              case .stretched, .slanted: encoded.append(.stretched, query)
              case .inner: if let query { encoded.append(.inner, query) }
              case .part: if let query { encoded.append(.part, query) }
              }
            }
            return nil as Void?
          }
        } catch let error as ImageSearchError where encoded.digest != nil && ImageAnalyzer.isUnmatchable(error) {
          encoded.unmatchable = error.code == .imageTooSmall ? .tooSmall : .tooSimple
        }
        return encoded
      }
    }

    /// Removes the pixels from an encoded query; features are not computed again.
    ///
    /// - Parameter bytes: an exact query; a compact one is returned unchanged.
    /// - Throws: ``ImageSearchError/Code/invalidArgument`` for bytes that are not an encoded query,
    ///   ``ImageSearchError/Code/indexVersionMismatch`` for one of another version.
    public static func compactQuery(_ bytes: [UInt8]) throws -> [UInt8] {
      let query = try EncodedQuery(bytes)
      return query.isCompact ? bytes : query.bytes(compact: true)
    }

    /// Searches with a query that was encoded by this or another index. The bytes may be untrusted: invalid ones are an
    /// error.
    ///
    /// - Parameters:
    ///   - bytes: the result of ``encodedQuery(of:form:options:)``.
    ///   - request: limits, category and relations; image and effort are ignored, and a region is an error: they are in
    ///     the bytes.
    ///   - options: limits of this call.
    /// - Returns: the page that ``search(_:options:)`` with the image would return; see ``SearchPage/look``.
    /// - Throws: ``ImageSearchError``: ``ImageSearchError/Code/invalidArgument`` for bytes that are not an encoded query,
    ///   ``ImageSearchError/Code/indexVersionMismatch`` for one of another version, and those of ``search(_:options:)``.
    public func search(
      encoded bytes: [UInt8], _ request: SearchRequest = SearchRequest(image: .bytes([UInt8]())),
      options: CallOptions = .init()
    ) async throws -> SearchPage {
      try await log.call("search") {
        try await withEncodedQuery(bytes, request, options) { [self] encoded, control in
          try search(encoded, request, control: control)
        }
      }
    }

    /// Runs a search with an encoded query on a worker.
    func withEncodedQuery<Value: Sendable>(
      _ bytes: [UInt8], _ request: SearchRequest, _ options: CallOptions,
      _ body: @escaping @Sendable (EncodedQuery, CallControl) throws -> Value
    ) async throws -> Value {
      let control = try control(options)
      try control.check()
      try request.checkForLocalIndex()
      guard request.region == nil else {
        throw ImageSearchError.local(
          .invalidArgument, "region is given, but that of an encoded query is in its bytes")
      }
      return try await workers.run(control: control) { try body(EncodedQuery(bytes), control) }
    }

    /// Blocks.
    private func search(_ encoded: EncodedQuery, _ request: SearchRequest, control: CallControl) throws -> SearchPage {
      let steps = encoded.steps
      var missed = false
      func page(_ step: Int, digest: [UInt8]?) throws -> SearchPage {
        let queries = steps.indices.contains(step) ? steps[step] : []
        let memory = try ImageDecodingError.translated { try WorkingMemory(queries.reduce(0) { $0 + $1.sentBytes }) }
        defer { withExtendedLifetime(memory) {} }
        var page = try answer(queries, digest: digest, request, control: control)
        missed = missed || queries.contains(where: \.missedItsPixels)
        page.look = step
        page.isApproximate = missed
        return page
      }
      let first = try page(0, digest: encoded.digest)
      if first.total != 0 { return first }
      // An empty page would hide that only exact copies can be found.
      if let reason = encoded.unmatchable { throw reason.error }
      for step in steps.indices.dropFirst() where !steps[step].isEmpty {
        let again = try page(step, digest: nil)
        if again.total != 0 { return again }
      }
      var nothing = first
      nothing.isApproximate = missed
      return nothing
    }
  }
#endif
