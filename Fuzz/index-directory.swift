import CMappedFile
import CSQLite
import Glibc
import ImageMatching
import ImageSearch

@testable import ImageIndex

/// A directory whose rows have arbitrary values and correct checksums: it is rejected, or all of it can be read, searched, written
/// and rebuilt. Each 12 bytes of the input change one value: table, column, row, kind, and 8 bytes of the value. The rest replaces the
/// segment.
func fuzzIndexDirectory(_ data: UnsafePointer<UInt8>?, _ size: Int) -> Int32 {
  let bytes = [UInt8](UnsafeBufferPointer(start: data, count: size))
  do {
    let directory = try makeDirectory(bytes)
    defer { removeDirectory(directory) }
    for readOnly in [true, false] { use(directory, readOnly: readOnly) }
  } catch is ImageSearchError {
    // A constraint, or a value that SQLite does not accept.
  } catch {
    fatalError("\(error) is no ImageSearchError")
  }
  return 0
}

private let columns: [(String, [String])] = [
  ("state", ["matcher", "generation", "segment_generation", "images"]),
  (
    "images",
    [
      "id", "item_id", "name", "category", "custom_content", "width", "height", "format", "byte_count", "digest",
      "exif_date",
      "source_path", "source_time", "added_at", "engine", "warning",
    ]
  ),
  ("features", ["image", "data"]), ("thumbnails", ["image", "data"]), ("deletions", ["sequence", "image"]),
  ("segments", ["first_image", "last_image", "file", "images"]), ("categories", ["id", "name"]),
]

/// Writes the sample: three images, two of them in a segment, one removed since.
private func makeDirectory(_ bytes: [UInt8]) throws -> String {
  let directory = "/dev/shm/imagesearch-fuzz-\(getpid())"
  removeDirectory(directory)
  mkdir(directory, 0o777)
  mkdir(directory + "/segments", 0o777)
  let connection = try SQLiteConnection(path: directory + "/index.sqlite", access: .create, lockTimeout: .zero)
  try connection.execute(IndexSchema.creation)
  try connection.run("INSERT INTO state VALUES(1, ?1, 5, 2, 3)", .integer(MatchEngine.version))
  let transaction = IndexTransaction(connection: connection)
  for (number, features) in FuzzedImages.features.prefix(3).enumerated() {
    let record = ImageRecord(
      itemID: "item\(number)", name: "p", category: number == 1 ? "c" : nil, customContent: nil, width: 400,
      height: 300,
      format: "JPEG", byteCount: 1000, digest: [UInt8](repeating: UInt8(number), count: 32), exifDate: nil,
      sourcePath: nil, sourceTime: nil, addedAt: 1, engine: MatchEngine.version, warning: nil)
    _ = try transaction.write(NewImage(record: record, features: features.bytes, thumbnail: nil))
  }
  try connection.run("INSERT INTO segments VALUES(1, 2, '1-2-0.segment', 2)")
  try connection.run("INSERT INTO deletions VALUES(1, 700)")
  var position = 0
  while position + 12 <= bytes.count, position < 12 * 8 {
    let (table, names) = columns[Int(bytes[position]) % columns.count]
    let column = names[Int(bytes[position + 1]) % names.count]
    let number = (0..<8).reduce(Int64(0)) { $0 << 8 | Int64(bytes[position + 4 + $1]) }
    let value: SQLiteValue =
      switch bytes[position + 3] % 4 {
      case 0: .integer(number)
      case 1: .text(String(decoding: bytes[position + 4..<position + 12], as: UTF8.self))
      case 2: .blob(Array(bytes[position + 4..<position + 12]))
      default: .null
      }
    try? connection.run(
      "UPDATE OR IGNORE \(table) SET \(column) = ?1 WHERE rowid = (SELECT rowid FROM \(table) LIMIT 1 OFFSET ?2)",
      value,
      .integer(Int64(bytes[position + 2] % 4)))
    position += 12
  }
  try repair(connection)
  try connection.execute("PRAGMA journal_mode = WAL")
  if position < bytes.count, let stream = fopen(directory + "/segments/1-2-0.segment", "w") {
    bytes[position...].withUnsafeBytes { _ = fwrite($0.baseAddress, 1, $0.count, stream) }
    fclose(stream)
  }
  return directory
}

private func repair(_ connection: SQLiteConnection) throws {
  var sums: [(Int64, UInt32)] = []
  try connection.statement(
    """
    SELECT p.id, p.item_id, p.name, c.name, p.custom_content, p.width, p.height, p.format, p.byte_count, p.digest,
    p.exif_date, p.source_path, p.source_time, p.added_at, p.engine, p.warning
    FROM images p LEFT JOIN categories c ON c.id = p.category
    """
  ).forEach { row in
    func text(_ column: Int32) -> String? { (try? row.optionalText(column)) ?? nil }
    var sum = RowChecksum()
    for column in Int32(1)...4 { sum.add(text(column)) }
    sum.add(row.integer(5))
    sum.add(row.integer(6))
    sum.add(text(7))
    sum.add(row.integer(8))
    sum.add(row.blob(9))
    sum.add(text(10))
    sum.add(row.isNull(11) ? nil : row.blob(11))
    sum.add(row.optionalInteger(12) ?? -1)
    sum.add(row.integer(13))
    sum.add(row.integer(14))
    sum.add(text(15))
    sums.append((row.integer(0), sum.value))
  }
  for (id, sum) in sums {
    try connection.run("UPDATE images SET checksum = ?1 WHERE id = ?2", .integer(Int64(sum)), .integer(id))
  }
  for table in ["features", "thumbnails"] {
    var sums: [(Int64, UInt32)] = []
    try connection.statement("SELECT image, data FROM \(table)").forEach {
      sums.append(($0.integer(0), CRC32C.checksum($0.blob(1))))
    }
    for (id, sum) in sums {
      try connection.run("UPDATE \(table) SET checksum = ?1 WHERE image = ?2", .integer(Int64(sum)), .integer(id))
    }
  }
}

private func removeDirectory(_ directory: String) {
  for folder in [directory + "/segments", directory] {
    guard let descriptor = try? Platform.open(folder.utf8, O_RDONLY | O_DIRECTORY) else { continue }
    try? Platform.forEachEntry(of: descriptor) { name in
      unlinkat(descriptor, String(decoding: name, as: UTF8.self), 0)
    }
    close(descriptor)
    rmdir(folder)
  }
}

/// Reads, searches, writes and builds segments on this thread: an open index would create threads for each input.
private func use(_ directory: String, readOnly: Bool) {
  let control = CallControl(deadline: .after(.seconds(20)))
  func attempt(_ body: () throws -> Void) {
    do { try body() } catch is ImageSearchError {} catch is SegmentDamage {} catch { fatalError("\(error)") }
  }
  attempt {
    let store = try IndexStore(
      directory: IndexDirectory(path: directory, create: false), readOnly: readOnly, create: false,
      matcher: MatchEngine.version, earlier: false, lockTimeout: .seconds(1), control: control)
    defer { store.close() }
    let views = IndexViewCache(directory: store.directory.segments)
    attempt { _ = try store.read(control) { try $0.images(after: 0, limit: 100) } }
    attempt {
      try store.read(control) { transaction in
        let view = try views.view(transaction)
        if let query = FuzzedImages.query {
          let demand = IndexView.Demand(leastConfidence: 0)
          _ = try view.search(query, demand, transaction: transaction, control: control)
        }
      }
    }
    attempt {
      try store.read(control) { transaction in
        for image in try transaction.oldestImages(after: 0, limit: 100) { _ = LocalIndex.Image(image.record) }
        _ = try transaction.categories()
        _ = try transaction.count(category: 1)
      }
    }
    attempt {
      try store.read(control) { transaction in
        let search = try GroupSearch(.init(withinItems: true), transaction, control: control)
        let view = try views.view(transaction)
        let pairs = try search.pairs(
          of: search.subjects, bothWays: false, view: view, bands: try view.sortedCodes(), transaction: transaction,
          control: control)
        try GroupReport(search, pairs).write(transaction, control: control) { _ in }
      }
    }
    guard !readOnly else { return }
    attempt {
      try store.write(control) { transaction in
        _ = try transaction.remove(RemoveRequest(itemID: "item1"))
        try transaction.noteChange(of: -1)
      }
    }
    attempt {
      let compactor = Compactor(store: store, views: views, newerImages: 1, mostImages: 2)
      try compactor.run(control, wait: false, all: true)
    }
    attempt { try store.write(control) { try $0.setVersion(MatchEngine.version) } }
  }
}

func seedsOfIndexDirectory() -> [(String, [UInt8])] {
  [
    ("none", []), ("generation", [0, 1, 0, 0, 0x7F] + [UInt8](repeating: 0xFF, count: 7)),
    ("key", [1, 0, 0, 0, 0x80] + [UInt8](repeating: 0, count: 7)), ("file", [5, 2, 0, 1] + Array("../x.seg".utf8)),
    ("category", [1, 3, 1, 0] + [0, 0, 0, 1, 0, 0, 0, 1]),
    ("segment", [0, 3, 0, 0] + [0, 0, 0, 0, 0, 0, 0, 3] + [1, 2, 3]),
  ]
}
