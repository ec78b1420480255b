#if LocalIndex
  import ImageCodecs
  import ImageMatching
  import ImageSearch
  import Rasters

  extension LocalIndex {
    /// One of two images to compare.
    public enum Subject: Sendable {
      /// A file, bytes, or a URL if the index fetches images.
      case image(ImageSource)
      /// A stored image: read from its file, if that still has the same bytes, else from what the index stores.
      case stored(itemID: String, imageName: String)
    }

    /// The result of comparing two images.
    public struct Comparison: Sendable, Hashable {
      /// The relation of the second image to the first; `nil` when they have no more in common than chance explains.
      public var relation: Match.Relation?
      /// Confidence in the relation, 0...1; below 0.5 there is none.
      public var confidence: Double
      /// How little was changed, 0...100.
      public var score: Double
      /// Percentage of the first image that the second covers, 0...100.
      public var firstOverlap: Double
      /// Percentage of the second image that the first covers, 0...100.
      public var secondOverlap: Double
      /// Maps pixels of the first, upright image to pixels of the second; `nil` without a relation.
      public var transform: AffineMap?
      /// Whether one is a mirror image of the other.
      public var isMirrored: Bool
      /// Fractions of the overlap that agree, differ or are featureless; `nil` when no pixels were compared.
      public var agreement: Match.Agreement?
      /// The evidence for the result.
      public var explanation: Explanation

      /// The evidence for a comparison's result; ``description`` puts it into sentences.
      public struct Explanation: Sendable, Hashable, CustomStringConvertible {
        /// Whether both have the same bytes; nothing else is compared then.
        public var sameBytes: Bool
        /// Number of local features of the first and of the second image; 0 when nothing was compared, or an image is
        /// too simple.
        public var features: [Int]
        /// Number of features that agree in position and appearance (inliers).
        public var inliers: Int
        /// Hamming distance of the two 256-bit codes of the whole images, in the orientation in which it is smallest;
        /// `nil` when an image has no code.
        public var codeDistance: Int?
        /// Natural logarithm of the likelihood ratio of the features' agreement: two versions of one image against two
        /// unrelated images.
        public var evidence: Double
        /// The evidence in English, one finding per line.
        public var description: String
      }
    }

    /// Compares two images, neither of which has to be in the index. Relation and geometry are those that a search
    /// returns for the pair; the confidence may be higher, because there are no other images that could match by
    /// chance.
    ///
    /// - Throws: ``ImageSearchError``: ``ImageSearchError/Code/notFound`` for a stored image that is not in the index,
    ///   the codes of images, of files and of the index, and what ends the call. A too simple image is no error: it can
    ///   still be identical.
    public func compare(
      _ first: Subject, _ second: Subject, options: CallOptions = .init()
    ) async throws -> Comparison {
      try await log.call("compare") { try await compareNow(first, second, options: options) }
    }

    private func compareNow(_ first: Subject, _ second: Subject, options: CallOptions) async throws -> Comparison {
      let control = try control(options)
      let a = try await ready(first, options: options, control: control)
      let b = try await ready(second, options: options, control: control)
      return try await workers.run(control: control) { [self] in
        let one = try comparable(a, control: control)
        try control.check()
        let other = try comparable(b, control: control)
        try control.check()
        return try Self.compare(one, other, control)
      }
    }

    /// Draws two images, aligned, as a PNG in the frame of the second; see ``overlay(of:query:style:options:)``.
    ///
    /// - Throws: As ``compare(_:_:options:)``; ``ImageSearchError/Code/notFound`` when the two have nothing in common.
    public func overlay(
      _ first: Subject, _ second: Subject, style: OverlayStyle = .aligned, options: CallOptions = .init()
    ) async throws -> [UInt8] {
      try await log.call("overlay") { try await overlayNow(first, second, style, options: options) }
    }

    private func overlayNow(
      _ first: Subject, _ second: Subject, _ style: OverlayStyle, options: CallOptions
    ) async throws -> [UInt8] {
      let control = try control(options)
      let a = try await ready(first, options: options, control: control)
      let b = try await ready(second, options: options, control: control)
      return try await workers.run(control: control) { [self] in
        let one = try comparable(a, control: control)
        let other = try comparable(b, control: control)
        guard let transform = try Self.compare(one, other, control).transform else {
          throw ImageSearchError.local(
            .notFound, "the two images have nothing in common that could be laid onto each other")
        }
        guard let query = one.content, let match = other.content else {
          throw ImageSearchError.local(
            .notFound, "a stored image has neither its file nor a thumbnail any more, so there is nothing to draw")
        }
        return try draw(
          query, querySize: (one.width, one.height), match, matchSize: (other.width, other.height), transform, style,
          control: control)
      }
    }

    /// An image with everything that can be derived from it.
    private struct Comparable {
      var content: [UInt8]?
      var digest: [UInt8]
      var width: Int
      var height: Int
      /// Its features as a query; `nil` when it is too simple.
      var query: QueryFeatures?
      /// Its features as a stored image; `nil` when it is too simple.
      var features: ImageFeatures?
      /// Its pixels, or those of its thumbnail; `nil` when there are none.
      var pixels: GrayImage?
    }

    private func ready(_ subject: Subject, options: CallOptions, control: CallControl) async throws -> Subject {
      guard case .image(let source) = subject else { return subject }
      return .image(try await fetched(source, options: options, control: control))
    }

    /// Blocks.
    private func comparable(_ subject: Subject, control: CallControl) throws -> Comparable {
      switch subject {
      case .image(let source):
        let (bytes, _) = try load(source, control: control)
        try Memory.check(bytes.count, for: "an image to compare")
        return try comparable(bytes.withUnsafeBytes { Array($0) }, control)
      case .stored(let itemID, let imageName):
        let (stored, features, thumbnail) = try store.read(control) { transaction in
          let stored = try Self.stored(itemID, imageName, transaction)
          return (stored, try transaction.features(stored.id), try transaction.thumbnail(stored.id))
        }
        if let bytes = try original(of: stored.record, control: control) {
          return try comparable(bytes, control)
        }
        let known = try features.flatMap { bytes in
          try bytes.isEmpty ? nil : bytes.withUnsafeBytes { try MatchEngine.features($0, of: stored.id) }
        }
        return Comparable(
          content: thumbnail, digest: stored.record.digest, width: stored.record.width, height: stored.record.height,
          query: known.map(QueryFeatures.init(stored:)), features: known,
          pixels: try thumbnail.flatMap { try Finding.pixels(of: $0, control: control) })
      }
    }

    private func comparable(_ bytes: [UInt8], _ control: CallControl) throws -> Comparable {
      try bytes.withUnsafeBytes { raw in
        let decoded = try ImageAnalyzer(configuration: configuration, control: control).gray(raw)
        func unlessTooSimple<Value>(_ body: () throws -> Value) throws -> Value? {
          do {
            return try body()
          } catch let error as ImageSearchError where ImageAnalyzer.isUnmatchable(error) { return nil }
        }
        let (width, height) = (decoded.originalWidth, decoded.originalHeight)
        return Comparable(
          content: bytes, digest: try Self.digest(raw), width: width, height: height,
          query: try unlessTooSimple {
            try MatchEngine.query(of: decoded.image, originalWidth: width, originalHeight: height, region: nil)
          },
          features: try unlessTooSimple {
            let bytes = try MatchEngine.features(of: decoded.image, originalWidth: width, originalHeight: height)
            return try bytes.withUnsafeBytes { try MatchEngine.features($0, of: 0) }
          }, pixels: decoded.image)
      }
    }

    private static func compare(_ one: Comparable, _ other: Comparable, _ control: CallControl) throws -> Comparison {
      var explanation = Comparison.Explanation(
        sameBytes: one.digest == other.digest, features: [], inliers: 0, codeDistance: nil, evidence: 0, description: ""
      )
      if explanation.sameBytes {
        explanation.description = "Both have the same bytes."
        return Comparison(
          relation: .identical, confidence: 1, score: 100, firstOverlap: 100, secondOverlap: 100, transform: .identity,
          isMirrored: false, agreement: nil, explanation: explanation)
      }
      var comparison = Comparison(
        relation: nil, confidence: 0, score: 0, firstOverlap: 0, secondOverlap: 0, transform: nil, isMirrored: false,
        agreement: nil, explanation: explanation)
      guard let query = one.query, let features = other.features else {
        explanation.description =
          "The bytes differ, and one of the images is too simple to be compared by what it shows."
        comparison.explanation = explanation
        return comparison
      }
      explanation.features = [query.upright.signatures.count, features.signatures.count]
      explanation.codeDistance = query.codes.map { $0.distance(to: features.globalCode) }.min()
      if let look = Matcher(query, indexSize: 1).look(features, .everything(of: query, features)) {
        try control.check()
        let finding = Finding(look, features)
        let match = try Jury([finding], indexSize: 1).verdicts({}) { _ in
          try ImageDecodingError.translated {
            try other.pixels.flatMap { try finding.differs(from: query, stored: $0, image: one.pixels) }
          }
        }[0]
        explanation.inliers = match.inliers
        explanation.evidence = match.evidence
        comparison.confidence = match.confidence
        if match.confidence >= ImageMatch.accepted {
          comparison.relation = match.relation
          comparison.score = match.score
          comparison.firstOverlap = match.queryOverlap
          comparison.secondOverlap = match.matchOverlap
          comparison.transform = match.transform
          comparison.isMirrored = match.isMirrored
          comparison.agreement = match.agreement
        }
      }
      explanation.description = describe(comparison, explanation)
      comparison.explanation = explanation
      return comparison
    }

    private static func describe(_ comparison: Comparison, _ explanation: Comparison.Explanation) -> String {
      func percent(_ value: Double) -> String { "\(Int(value.rounded())) %" }
      var lines = ["The bytes differ."]
      if explanation.features.count == 2 {
        lines.append(
          "\(explanation.features[0]) and \(explanation.features[1]) features were compared; \(explanation.inliers) agree in place and look."
        )
      }
      if let distance = explanation.codeDistance {
        lines.append("The codes of the whole images differ in \(distance) of 256 bits (strangers: about 128).")
      }
      guard let relation = comparison.relation else {
        lines.append("That is no more than two strangers have in common.")
        return lines.joined(separator: "\n")
      }
      lines.append(
        "Laid onto each other, the second covers \(percent(comparison.firstOverlap)) of the first, and the first"
          + " \(percent(comparison.secondOverlap)) of the second"
          + (comparison.isMirrored ? "; one is mirrored." : "."))
      if let agreement = comparison.agreement {
        lines.append(
          "Where they overlap, \(percent(100 * agreement.agrees)) agree, \(percent(100 * agreement.differs)) differ, and"
            + " \(percent(100 * agreement.empty)) are too even to tell.")
      }
      lines.append(
        "So the second is \(relation.rawValue), with a confidence of \(percent(100 * comparison.confidence)).")
      return lines.joined(separator: "\n")
    }
  }
#endif
