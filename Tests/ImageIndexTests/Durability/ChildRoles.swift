#if LocalIndex
  import FoundationEssentials
  import ImageSearch
  import TestSupport
  import Testing

  @testable import ImageIndex

  #if canImport(Glibc)
    import Glibc
  #elseif canImport(Musl)
    import Musl
  #endif

  /// The roles of the processes that `Child` starts. Skipped otherwise.
  @Suite(.enabled(if: ProcessInfo.processInfo.environment[Child.roleVariable] != nil)) struct ChildRoles {
    private let values = ProcessInfo.processInfo.environment
    private var index: LocalIndex {
      get throws {
        var configuration = LocalIndexConfiguration()
        configuration.newerImages = 25
        return try LocalIndex(path: values["LOCAL_INDEX_PATH"] ?? "", configuration: configuration)
      }
    }
    private var journal: Journal { Journal(path: values["LOCAL_INDEX_JOURNAL"] ?? "") }
    private var seed: UInt64 { values["LOCAL_INDEX_SEED"].flatMap { UInt64($0) } ?? 0 }

    @Test func play() async throws {
      switch values[Child.roleVariable] {
      case "change": try await change()
      case "add": try await add()
      case "search": try await search()
      case "full": try await fillTheDisk()
      case "memory": try await addLargeImages()
      case "brief": try await liveBriefly()
      case "nobody": try await workWithoutRights()
      default: Issue.record("no such role")
      }
    }

    /// Adds, replaces and removes at random until it is killed, and journals each operation before it and its acknowledgement.
    private func change() async throws {
      let index = try index
      var random = SplitMix(state: seed)
      while true {
        if random.next() % 4 == 0 {
          let name = Int(random.next() % 200)
          journal.append("remove \(name)")
          _ = try await index.removeImages([RemoveRequest(itemID: "random-\(name)")])
        } else {
          let names = (0..<1 + Int(random.next() % 12)).map { _ in Int(random.next() % 200) }
          let version = random.next() % 1_000_000
          journal.append("add \(version) " + names.map(String.init).joined(separator: " "))
          try index.insert(
            names.map { name in
              var image = NewImage.random(name, features: 24)
              image.record.customContent = "\(version)"
              image.thumbnail = [UInt8](repeating: UInt8(name), count: 3000)
              return image
            })
          index.compact()
        }
        journal.append("done")
      }
    }

    /// Repeatedly opens, calls once and closes, as short-lived processes do.
    private func liveBriefly() async throws {
      let bytes = try Drawing(seed: 1).jpeg(100, 80)
      for round in 0..<(values["LOCAL_INDEX_ROUNDS"].flatMap { Int($0) } ?? 1) {
        let index = try index
        switch seed % 3 {
        case 0: try await index.add("\(seed)-\(round % 5)", "p", bytes)
        case 1: _ = try await index.names(bytes)
        default: _ = try await index.imageCount()
        }
        index.close()
      }
    }

    /// Adds one image under new names, and removes the older ones, until its time is over.
    private func add() async throws {
      let index = try index
      let end = ContinuousClock.now + .seconds(Double(values["LOCAL_INDEX_SECONDS"] ?? "") ?? 1)
      let bytes = try Drawing(seed: seed).jpeg()
      var number = 0
      while ContinuousClock.now < end {
        try await index.add("\(seed)", "\(number)", bytes)
        journal.append("\(seed) \(number)")
        try index.insert((0..<5).map { NewImage.random(Int(seed) * 1_000_000 + number * 5 + $0, features: 24) })
        number += 1
        if number % 3 == 0 {
          // The newest always stays.
          for old in max(0, number - 3)..<number - 1 {
            let removed = try await index.removeImages([RemoveRequest(itemID: "\(seed)", imageName: "\(old)")])
            #expect(removed == 1)
          }
        }
      }
    }

    /// Searches for images that others add: what was acknowledged before the search began, or something newer, is found.
    private func search() async throws {
      let index = try index
      let end = ContinuousClock.now + .seconds(Double(values["LOCAL_INDEX_SECONDS"] ?? "") ?? 1)
      let bytes = try Drawing(seed: seed).jpeg()
      var searches = 0
      while ContinuousClock.now < end {
        let known = journal.lines.compactMap { line -> Int? in
          let words = line.split(separator: " ")
          return words.count == 2 && words[0] == "\(seed)" ? Int(words[1]) : nil
        }.max()
        let found = try await index.search(SearchRequest(image: .bytes(bytes)))
        if let known {
          let newest = found.matches.compactMap { $0.imageName.flatMap { Int($0) } }.max()
          #expect(newest ?? -1 >= known, "\(known) was acknowledged")
        }
        searches += 1
      }
      #expect(searches > 0)
      Journal(path: journal.path + ".searches").append("\(searches)")
    }

    /// Adds a folder of 12-megapixel images, and measures the memory.
    private func addLargeImages() async throws {
      let index = try index
      let folder = values["LOCAL_INDEX_FOLDER"] ?? ""
      try index.insert([NewImage.random(1)])
      #expect(try await index.removeImages([RemoveRequest(itemID: "random-1")]) == 1)
      PeakMemory.forget()
      let before = try #require(PeakMemory.read())
      let report = try await index.addFolder(folder)
      #expect(report.entries.map(\.outcome.text) == Array(repeating: "added", count: 4))
      let growth = try #require(PeakMemory.read()) - before
      // Two are processed at a time, with a longer side of 1000 pixels and a file of 2 MB each; at full size they would take 36 MB each.
      #expect(growth < 64 << 20, "\(growth >> 20) MB")
      LongForm.report("four images of 12 megapixels added with \(growth >> 20) MB")
    }

    /// Runs as a user with read-only access to the index.
    private func workWithoutRights() async throws {
      if geteuid() == 0 {
        #expect(setgid(65534) == 0)
        #expect(setuid(65534) == 0)
      }
      let path = values["LOCAL_INDEX_PATH"] ?? ""
      let bytes = try Drawing(seed: seed).jpeg()
      var readOnly = LocalIndexConfiguration()
      readOnly.readOnly = true
      for configuration in [readOnly, LocalIndexConfiguration()] {
        do {
          let index = try LocalIndex(path: path, configuration: configuration)
          #expect(try await index.names(bytes) == ["\(seed)/0"])
          #expect(await failure { try await index.add("new", "p", bytes) }?.code == .indexUnavailable)
          #expect(
            await failure { try await index.removeImages([RemoveRequest(itemID: "\(seed)")]) }?.code
              == .indexUnavailable)
          #expect(try await index.imageCount() == 1)
        } catch let error as ImageSearchError {
          // Only writers may be refused.
          #expect(!configuration.readOnly, "\(error)")
          #expect(error.code == .indexUnavailable)
        }
      }
      Journal(path: journal.path).append("done")
    }

    /// Adds until a limit on the file size is reached, then with a higher limit.
    private func fillTheDisk() async throws {
      let index = try index
      signal(SIGXFSZ, SIG_IGN)
      var added = 0
      func insertUntilFull(_ limit: rlim_t) throws -> ImageSearchError? {
        var limits = rlimit()
        getrlimit(__rlimit_resource_t(UInt32(RLIMIT_FSIZE.rawValue)), &limits)
        limits.rlim_cur = limit
        #expect(setrlimit(__rlimit_resource_t(UInt32(RLIMIT_FSIZE.rawValue)), &limits) == 0)
        while added < 3000 {
          do {
            try index.insert([NewImage.random(added)])
            added += 1
            journal.append("\(added)")
            if added % 100 == 0 { try index.makeSegments(all: true) }
          } catch let error as ImageSearchError {
            return error
          }
        }
        return nil
      }
      let full = try insertUntilFull(4_000_000)
      #expect(full?.code == .diskFull, "\(full?.description ?? "none")")
      #expect(added > 20)
      #expect(try await index.imageCount() == added)
      let before = added
      #expect(try insertUntilFull(8_000_000)?.code == .diskFull)
      #expect(added > before)
      #expect(try await index.imageCount() == added)
    }
  }
#endif
