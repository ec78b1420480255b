import FoundationEssentials
@_spi(Command) import ImageIndex
import ImageSearch

/// Collects the contents of a report, within a size that browsers and mail servers accept.
///
/// Rows are encoded as they are added, so that memory and file grow only by what is kept of them.
struct ReportBuilder: Sendable {
  /// Maximum size of a file in bytes.
  static let mostBytes = 40_000_000
  /// Maximum size of its images in bytes; further rows have none.
  static let mostImageBytes = 30_000_000
  /// Number of matches with a large image and the slider.
  static let mostLarge = 200
  /// Size of the page itself in bytes, with a margin.
  private static let pageBytes = 300_000

  private struct Section: Encodable {
    var service: String
    var query: Int
    var total: Int?
    var error: String?
    var warnings: [String]
    var requestIDs: [String]
  }

  private struct Head: Encodable {
    var format = 1
    var kind: ReportKind
    var title: String
    var largeImages: Int
  }

  private let kind: ReportKind
  private let title: String?
  private var manifest: ReportManifest
  private var queryNames: [String] = []
  private var queries: [[UInt8]] = []
  private var sections: [[UInt8]] = []
  private var groups: [[UInt8]] = []
  private var comparison: [UInt8]?
  private var bytes = ReportBuilder.pageBytes
  private var imageBytes = 0
  private var largeCount = 0
  private var rowsLeftOut = 0
  private var imagesLeftOut = 0
  /// Small images by item and name, because the same match occurs often in a batch.
  private var made: [[UInt8]: String] = [:]

  /// - Parameters:
  ///   - title: `nil` to derive one from the contents.
  ///   - options: the user's options, without secrets.
  init(_ kind: ReportKind, title: String? = nil, options: [(name: String, value: String)] = [], began: Date = Date()) {
    self.kind = kind
    self.title = title
    manifest = ReportManifest(
      kind: kind, began: ReportManifest.text(of: began),
      options: options.map { ReportManifest.Option(name: $0.name, value: $0.value) },
      versions: LocalIndex.versions.map { ReportManifest.Option(name: $0.name, value: $0.version) })
  }

  /// Adds a query and the services' responses, in the order in which they are shown.
  ///
  /// - Parameters:
  ///   - name: the query as the user typed it.
  ///   - index: the index of the matches that have an item and an image, if any.
  mutating func add(
    query source: ImageSource, named name: String, answers: [ReportAnswer], index: LocalIndex?
  ) async {
    let image = ReportImages.given(source, named: name, isLarge: largeCount < Self.mostLarge)
    let query = queries.count
    queries.append(keep(image))
    queryNames.append(name)
    for answer in answers {
      manifest.searches.append(
        ReportManifest.Search(
          service: answer.service, image: query, began: ReportManifest.text(of: answer.began), seconds: answer.seconds,
          matches: answer.matches.count, requestIDs: answer.requestIDs, warnings: answer.warnings, error: answer.error))
      bytes += 400 + answer.warnings.reduce(answer.error?.utf8.count ?? 0) { $0 + $1.utf8.count }
      let origins = answer.matches.map { match -> ReportImages.Origin? in
        guard match.sha256 != nil, let item = match.itemID, let name = match.imageName else { return nil }
        return ReportImages.Origin(itemID: item, imageName: name)
      }
      let rows = await keep(answer.matches.map(ReportRow.init), origins, in: index)
      let head = Section(
        service: answer.service, query: query, total: answer.total, error: answer.error, warnings: answer.warnings,
        requestIDs: answer.requestIDs)
      sections.append(object(head, [("matches", ReportJSON.list(rows))]))
    }
  }

  /// Adds a group of copies, its best member first.
  mutating func add(_ group: LocalIndex.Group, of index: LocalIndex) async {
    let all = group.members + group.related
    let origins = all.map {
      ReportImages.Origin(
        itemID: $0.image.itemID, imageName: $0.image.imageName, path: $0.image.sourcePathBytes, sha256: $0.image.sha256)
    }
    let rows = await keep(all.map(ReportRow.init), origins, in: index)
    // Without a copy it would not be a group.
    guard rows.count > 1 else { return }
    let members = rows.prefix(group.members.count)
    groups.append(
      object(
        [String: String](),
        [
          ("members", ReportJSON.list(Array(members))),
          ("related", ReportJSON.list(Array(rows.dropFirst(members.count)))),
        ]))
  }

  /// Adds the comparison that the report is about.
  mutating func add(
    _ found: LocalIndex.Comparison, first: (source: ImageSource, name: String),
    second: (source: ImageSource, name: String)
  ) {
    let images = [first, second].map { ReportImages.given($0.source, named: $0.name, isLarge: true) }
    queryNames = [first.name, second.name]
    for image in images { _ = keep(image) }
    largeCount = 2
    comparison = try? ReportJSON.encode(ReportComparison(found, images[0], images[1]))
  }

  /// Writes the report atomically, by renaming.
  ///
  /// - Throws: ``ReportError``.
  func write(to path: FilePath) throws {
    var manifest = manifest
    manifest.ended = ReportManifest.text(of: Date())
    let most = Self.mostBytes / 1_000_000
    if imagesLeftOut > 0 {
      manifest.remarks.append("\(imagesLeftOut) images are left out, so that the file has at most \(most) MB.")
    }
    if rowsLeftOut > 0 {
      manifest.remarks.append("\(rowsLeftOut) rows are left out, so that the file has at most \(most) MB.")
    }
    let title = title ?? defaultTitle
    var members = [
      ("queries", ReportJSON.list(queries)), ("sections", ReportJSON.list(sections)),
      ("groups", ReportJSON.list(groups)),
    ]
    if let comparison { members.append(("comparison", comparison)) }
    let head = Head(kind: kind, title: title, largeImages: largeCount)
    try ReportFile.write(
      title: title, generator: manifest.generator, manifest: ReportJSON.encode(manifest),
      data: ReportJSON.object(ReportJSON.encode(head), adding: members), to: path)
  }

  private var defaultTitle: String {
    func last(_ path: String) -> Substring { path.split(separator: "/").last ?? Substring(path) }
    switch kind {
    case .search:
      return queryNames.count == 1 ? "Search for \(last(queryNames[0]))" : "Search for \(queryNames.count) images"
    case .duplicates: return "Images that are copies"
    case .compare: return queryNames.map { String(last($0)) }.joined(separator: " and ")
    }
  }

  /// Encodes rows with their images, up to the limits.
  private mutating func keep(
    _ rows: [ReportRow], _ origins: [ReportImages.Origin?], in index: LocalIndex?
  ) async -> [[UInt8]] {
    let before = largeCount
    var pairs = [ReportImages.Pair](repeating: .init(), count: rows.count)
    if let index, imageBytes < Self.mostImageBytes {
      for (place, origin) in origins.enumerated() where before + place >= Self.mostLarge {
        pairs[place].small = origin.flatMap { made[$0.key] }
      }
      let missing = zip(origins, pairs).map { origin, pair in pair.small == nil ? origin : nil }
      let new = await ReportImages.pairs(of: missing, in: index) { before + $0 < Self.mostLarge }
      for (place, pair) in new.enumerated() {
        guard let origin = missing[place] else { continue }
        pairs[place] = pair
        made[origin.key] = pair.small
      }
    }
    largeCount = min(Self.mostLarge, largeCount + rows.count)
    var kept: [[UInt8]] = []
    for (var row, pair) in zip(rows, pairs) {
      (row.small, row.large) = fitting(pair.small, pair.large)
      guard let encoded = try? ReportJSON.encode(row), rowsLeftOut == 0, bytes + encoded.count <= Self.mostBytes
      else {
        // And all that follow, so that only rows at the end are missing.
        rowsLeftOut += 1
        continue
      }
      bytes += encoded.count + 1
      kept.append(encoded)
    }
    return kept
  }

  private mutating func keep(_ image: GivenImage) -> [UInt8] {
    var image = image
    (image.small, image.large) = fitting(image.small, image.large)
    let encoded = (try? ReportJSON.encode(image)) ?? Array("{}".utf8)
    (image.small, image.large) = (nil, nil)
    manifest.images.append(image)
    // Once in the page's data, and without its pixels in the manifest.
    bytes += encoded.count + 6 * image.name.utf8.count + 300
    return encoded
  }

  /// The images, unless the limit is reached.
  private mutating func fitting(_ small: String?, _ large: String?) -> (String?, String?) {
    let size = (small?.utf8.count ?? 0) + (large?.utf8.count ?? 0)
    guard imageBytes + size <= Self.mostImageBytes else {
      imagesLeftOut += 1
      return (nil, nil)
    }
    imageBytes += size
    return (small, large)
  }

  private func object(_ head: some Encodable, _ members: [(String, [UInt8])]) -> [UInt8] {
    ReportJSON.object((try? ReportJSON.encode(head)) ?? Array("{}".utf8), adding: members)
  }
}
