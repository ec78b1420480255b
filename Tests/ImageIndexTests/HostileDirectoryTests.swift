#if LocalIndex
  import CSQLite
  import FoundationEssentials
  import ImageSearch
  import Testing

  @testable import ImageIndex

  /// A forged directory with correct checksums: results or an error, never a trap and never a wrong empty page.
  @Suite struct HostileDirectoryTests {
    private let sample: TemporaryFolder
    private let drawing: [UInt8]

    init() async throws {
      sample = try TemporaryFolder()
      drawing = try Drawing(seed: 950).jpeg(120, 90)
      let index = try LocalIndex(path: sample.path + "/index")
      try await index.add("a", "p", drawing, category: "x", content: "c")
      try await index.add("flat", "p", try Drawing.flat())
      try index.insert((0..<6).map { NewImage.random($0, features: 24, category: "y") })
      try index.makeSegments(all: true)
      try await index.add("b", "p", try Drawing(seed: 951).jpeg(120, 90))
      _ = try await index.removeImages([RemoveRequest(itemID: "random-2")])
      index.close()
    }

    /// Copies the sample, changes it, and corrects the checksums of all rows.
    private func changed(_ change: (SQLiteConnection) throws -> Void) throws -> TemporaryFolder {
      let folder = try TemporaryFolder()
      try FileManager.default.copyItem(atPath: sample.path + "/index", toPath: folder.path + "/index")
      let connection = try SQLiteConnection(
        path: folder.path + "/index/index.sqlite", access: .readWrite, lockTimeout: .zero)
      try change(connection)
      try Self.repair(connection)
      return folder
    }

    private static func repair(_ connection: SQLiteConnection) throws {
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

    private static let expected: Set<ImageSearchError.Code> = [
      .indexCorrupt, .indexUnavailable, .indexVersionMismatch, .notFound,
    ]

    /// Everything that reads rows and segments.
    private func use(_ folder: TemporaryFolder, _ what: String) async throws {
      var configuration = LocalIndexConfiguration()
      configuration.newerImages = 2
      let late = CallOptions(totalTimeout: .seconds(60))
      for readOnly in [true, false] {
        configuration.readOnly = readOnly
        do {
          let index = try LocalIndex(path: folder.path + "/index", configuration: configuration)
          defer { index.close() }
          let steps: [() async throws -> Void] = [
            { _ = try await index.imageCount(options: late) },
            {
              // The row of the image may have any values now, but an empty page is wrong unless the image was changed.
              _ = try await index.search(SearchRequest(image: .bytes(drawing)), options: late)
            },
            { _ = try await index.search(SearchRequest(image: .bytes(drawing), category: "x"), options: late) },
            { if !readOnly { try await index.add("new", "p", try Drawing(seed: 952).jpeg(100, 80)) } },
            { if !readOnly { _ = try await index.removeImages([RemoveRequest(itemID: "b")], options: late) } },
            { if !readOnly { try index.makeSegments(all: true) } },
            { if !readOnly { _ = try await index.rebuild(options: late) } },
          ]
          for step in steps {
            do { try await step() } catch let error as ImageSearchError {
              #expect(Self.expected.contains(error.code), "\(what): \(error)")
            }
          }
        } catch let error as ImageSearchError {
          #expect(Self.expected.contains(error.code), "\(what): \(error)")
        }
      }
    }

    @Test(arguments: [
      "UPDATE state SET generation = 9223372036854775807", "UPDATE state SET images = -1",
      "UPDATE state SET segment_generation = -9223372036854775807", "DELETE FROM state",
      "UPDATE state SET images = 1e300",
      "UPDATE images SET id = 9223372036854775807 WHERE id = 1", "UPDATE images SET id = -5 WHERE id = 1",
      "UPDATE images SET width = 9223372036854775807 WHERE id = 1", "UPDATE images SET width = 0 WHERE id = 1",
      "UPDATE images SET byte_count = -1 WHERE id = 1", "UPDATE images SET digest = x'00' WHERE id = 1",
      "UPDATE images SET category = 99 WHERE id = 1", "UPDATE images SET category = 4294967297 WHERE id = 1",
      "UPDATE images SET item_id = '' WHERE id = 1", "UPDATE images SET item_id = CAST(x'ff' AS TEXT) WHERE id = 1",
      "UPDATE images SET name = x'00' WHERE id = 1", "UPDATE images SET added_at = -9223372036854775807 WHERE id = 1",
      "UPDATE images SET source_path = 'text' WHERE id = 1", "DELETE FROM features WHERE image = 1",
      "DELETE FROM categories",
      "UPDATE segments SET last_image = 9223372036854775807", "UPDATE segments SET first_image = -9223372036854775807",
      "UPDATE segments SET images = 9223372036854775807", "UPDATE segments SET images = -1",
      "UPDATE segments SET file = '../index.sqlite'", "UPDATE segments SET file = CAST(x'ff2e7365676d656e74' AS TEXT)",
      "UPDATE segments SET last_image = 1", "INSERT INTO deletions VALUES(9223372036854775807, 1)",
      "INSERT INTO deletions VALUES(77, -9223372036854775807)", "INSERT INTO deletions VALUES(78, 1)",
      "UPDATE features SET data = zeroblob(60000000) WHERE image = 1",
    ])
    func numbersAtTheEndsAreNoTrap(sql: String) async throws {
      try await use(try changed { try $0.execute(sql) }, sql)
    }

    @Test func whatMakesNoSenseIsSaidToBeDamaged() async throws {
      for sql in [
        "UPDATE state SET generation = 9223372036854775807", "UPDATE images SET width = 0 WHERE id = 1",
        "UPDATE images SET id = 9223372036854775807 WHERE id = 1", "DELETE FROM categories",
        "UPDATE segments SET file = '../index.sqlite'", "UPDATE images SET digest = x'00' WHERE id = 1",
        // The year 10000, and texts that end where C and Python read them.
        "UPDATE images SET added_at = 253402300800000000 WHERE id = 1",
        "UPDATE images SET item_id = CAST(x'610062' AS TEXT) WHERE id = 1",
        "UPDATE images SET custom_content = CAST(x'610062' AS TEXT) WHERE id = 1",
        "UPDATE images SET source_path = x'2f610062' WHERE id = 1",
      ] {
        let folder = try changed { try $0.execute(sql) }
        let error = await failure {
          let index = try LocalIndex(path: folder.path + "/index")
          return try await index.names(drawing)
        }
        #expect(error?.code == .indexCorrupt, "\(sql)")
      }
    }

    /// Any column of any row with any value.
    @Test func randomRowsAreNoTrap() async throws {
      var random = SplitMix(state: 2027)
      let columns: [(String, [String])] = [
        ("state", ["matcher", "generation", "segment_generation", "images"]),
        (
          "images",
          [
            "id", "item_id", "name", "category", "custom_content", "width", "height", "format", "byte_count", "digest",
            "exif_date", "source_path", "source_time", "added_at", "engine", "warning",
          ]
        ),
        ("features", ["image", "data"]), ("thumbnails", ["image", "data"]), ("deletions", ["sequence", "image"]),
        ("segments", ["first_image", "last_image", "file", "images"]), ("categories", ["id", "name"]),
      ]
      let numbers: [Int64] = [
        .max, .min, .max - 1, .min + 1, 0, -1, 1, 2, 255, 1 << 24, 1 << 31, 1 << 32, 1 << 40, .max >> 1, .max >> 2,
      ]
      for _ in 0..<LongForm.rounds("LOCAL_INDEX_HOSTILE", usual: 20, long: 2000) {
        var done: [String] = []
        let folder = try changed { connection in
          for _ in 0..<1 + Int(random.next() % 3) {
            let (table, names) = columns[Int(random.next() % UInt64(columns.count))]
            let column = names[Int(random.next() % UInt64(names.count))]
            let value: SQLiteValue =
              switch random.next() % 5 {
              case 0: .null
              case 1: .text(String(repeating: "x", count: Int(random.next() % 5000)))
              case 2: .blob((0..<Int(random.next() % 200)).map { _ in UInt8(random.next() & 255) })
              default: .integer(numbers[Int(random.next() % UInt64(numbers.count))])
              }
            done.append("\(table).\(column) = \(value)".prefix(80).description)
            // A value that violates a constraint is not written.
            try? connection.run(
              "UPDATE OR IGNORE \(table) SET \(column) = ?1 WHERE rowid = (SELECT rowid FROM \(table) LIMIT 1 OFFSET ?2)",
              value, .integer(Int64(random.next() % 4)))
          }
        }
        try await use(folder, done.joined(separator: "; "))
      }
    }
  }
#endif
