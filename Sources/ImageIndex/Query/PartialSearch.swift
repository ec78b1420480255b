#if LocalIndex
  import ImageMatching
  import ImageSearch
  import Rasters

  /// The contribution of one of several indexes to a search: its verified images, which are judged together with those of the other indexes,
  /// because what several images have in common is no evidence for any one of them.
  struct PartialSearch {
    /// The number of images that the confidence is computed for.
    var population: Int
    /// The digest of the query's bytes; `nil` for a region.
    var digest: [UInt8]?
    /// Why there are no steps.
    var unmatchable: EncodedQuery.Unmatchable?
    /// Whether a comparison lacked pixels, because the query was encoded without them.
    var isApproximate = false
    /// Whether witnesses without a comparison could not be used, because the query was encoded without pixels.
    var lacksWitnesses = false
    /// Number of images with the query's bytes, and the records of the first ones.
    var identicalCount = 0
    var identical: [ImageRecord] = []
    /// The records of images that may be matches.
    var records: [ImageRecord] = []
    /// The findings of each step, for each query of that step.
    var steps: [[[Entry]]] = []
    /// Memory of what was read from bytes.
    var memory: [WorkingMemory] = []

    /// A verified image.
    struct Entry {
      /// Position in ``records``; `nil` for an image that is no match, but affects the verdicts on others.
      var record: Int?
      var finding: Finding
    }

    /// Judges the findings of several parts, and returns the page.
    ///
    /// - Parameter request: limits and relations.
    /// - Throws: ``ImageSearchError/Code/invalidArgument`` for parts that do not belong together, and the error of ``unmatchable`` when no
    ///   index has the query's bytes.
    static func page(of parts: [PartialSearch], _ request: SearchRequest) throws -> SearchPage {
      guard let first = parts.first else { return LocalIndex.page([], request: request, total: 0) }
      try check(parts, first)
      let relations = request.relations ?? Match.Relation.copies
      let identical =
        relations.contains(.identical)
        ? parts.flatMap(\.identical).sorted { ImageRecord.isBefore(($0.itemID, $0.name), ($1.itemID, $1.name)) } : []
      let identicalCount = relations.contains(.identical) ? parts.reduce(0) { $0 + $1.identicalCount } : 0
      let limit = request.limit ?? LocalIndex.defaultLimit
      var page = LocalIndex.page([], request: request, total: 0)
      var wantsWitnesses = false
      for step in 0..<max(1, first.steps.count) {
        let same = step == 0 ? identicalCount : 0
        let similar = try similar(step, parts, relations, request, &wantsWitnesses)
        guard same + similar.count > 0 else { continue }
        var matches = same == 0 ? [] : identical.dropFirst(request.offset).prefix(limit).map { Match(identical: $0) }
        for found in similar.dropFirst(max(0, request.offset - same)).prefix(max(0, limit - matches.count)) {
          matches.append(Match(found.match, record(found.id, parts)))
        }
        page = LocalIndex.page(matches, request: request, total: same + similar.count)
        page.look = step
        break
      }
      // An empty page would hide that only exact copies can be found.
      if page.total == 0, let reason = first.unmatchable { throw reason.error }
      page.isApproximate =
        parts.contains(where: \.isApproximate) || wantsWitnesses && parts.contains(where: \.lacksWitnesses)
      return page
    }

    /// The matches of a step that do not have the query's bytes, best first.
    private static func similar(
      _ step: Int, _ parts: [PartialSearch], _ relations: Set<Match.Relation>, _ request: SearchRequest,
      _ wantsWitnesses: inout Bool
    ) throws -> [FoundImage] {
      let steps = parts.map { $0.steps.indices.contains(step) ? $0.steps[step] : [] }
      let queries = steps.first?.count ?? 0
      let least = max(ImageMatch.accepted, request.minimumConfidence ?? 0)
      var similar = FoundImage.best(
        of: (0..<queries).map { query in
          let entries = steps.enumerated().flatMap { part, queries in queries[query].map { (part: part, entry: $0) } }
          let jury = Jury(entries.map(\.entry.finding), indexSize: parts[0].population)
          wantsWitnesses = wantsWitnesses || jury.wantsWitnesses
          let matches = jury.verdicts {}
          return zip(entries, matches).compactMap { entry, match -> FoundImage? in
            guard let record = entry.entry.record, match.confidence >= least, relations.contains(match.relation) else {
              return nil
            }
            return FoundImage(id: id(entry.part, record), match: match)
          }
          .sorted(by: FoundImage.isBetter)
        }
      ).filter { $0.match.score >= request.minimumScore ?? 0 }
      try LocalIndex.sortTies(&similar) { id in record(id, parts) }
      return similar
    }

    private static func check(_ parts: [PartialSearch], _ first: PartialSearch) throws {
      for part in parts {
        guard part.digest == first.digest, part.unmatchable == first.unmatchable,
          part.steps.map(\.count) == first.steps.map(\.count)
        else { throw ImageSearchError.local(.invalidArgument, "The partial searches are not of one query") }
        guard part.population == first.population else {
          throw ImageSearchError.local(
            .invalidArgument,
            "The partial searches allow for \(first.population) and for \(part.population) images; give all the same populationSize"
          )
        }
      }
    }

    private static func id(_ part: Int, _ record: Int) -> Int64 { Int64(part) << 32 | Int64(record) }

    private static func record(_ id: Int64, _ parts: [PartialSearch]) -> ImageRecord {
      parts[Int(id >> 32)].records[Int(id & 0xffff_ffff)]
    }
  }
#endif
