#if LocalIndex
  import ImageSearch

  extension LocalIndex {
    /// Maximum number of items in a page.
    public static let maximumItemLimit = 10_000

    /// A page of items in the order of adding. Items that are added, removed or replaced meanwhile neither repeat nor hide others.
    ///
    /// - Parameters:
    ///   - position: ``Item/position`` of the last item of the page before; 0 begins.
    ///   - limit: 1...10 000.
    ///   - options: limits of this call.
    /// - Returns: Fewer than `limit` items only at the end.
    /// - Throws: ``ImageSearchError``: ``ImageSearchError/Code/invalidArgument``, and the errors of the index.
    public func items(
      after position: Int64 = 0, limit: Int = 100, options: CallOptions = .init()
    ) async throws -> [Item] {
      try await reading("items", options) { transaction in
        try Validation.range("limit", limit, 1...Self.maximumItemLimit)
        return try transaction.oldestImages(after: max(0, position), limit: limit).map { oldest in
          Item(
            itemID: oldest.record.itemID,
            images: try transaction.images(itemID: oldest.record.itemID).map { Image($0.record) }, position: oldest.id)
        }
      }
    }

    /// All items in the order of adding, a page at a time.
    ///
    /// - Parameter options: Limits of each page.
    public func allItems(options: CallOptions = .init()) -> ItemSequence {
      ItemSequence(index: self, options: options)
    }

    /// An item; `nil` when it is not in the index.
    ///
    /// - Throws: ``ImageSearchError``: ``ImageSearchError/Code/invalidArgument``, and the errors of the index.
    public func item(_ itemID: String, options: CallOptions = .init()) async throws -> Item? {
      try await reading("item", options) { transaction in
        try TextLimit.checkName("itemID", itemID)
        let images = try transaction.images(itemID: itemID)
        guard let first = images.first else { return nil }
        return Item(itemID: itemID, images: images.map { Image($0.record) }, position: first.id)
      }
    }

    /// Whether the index has an item, or one of its images.
    ///
    /// - Parameters:
    ///   - imageName: `nil` asks for the item.
    ///   - options: limits of this call.
    ///   - itemID: the item's id.
    /// - Throws: ``ImageSearchError``: ``ImageSearchError/Code/invalidArgument``, and the errors of the index.
    public func contains(
      itemID: String, imageName: String? = nil, options: CallOptions = .init()
    ) async throws -> Bool {
      try await reading("contains", options) { transaction in
        try TextLimit.checkName("itemID", itemID)
        if let imageName { try TextLimit.checkName("imageName", imageName) }
        guard let imageName else { return try !transaction.images(itemID: itemID).isEmpty }
        return try transaction.image(itemID: itemID, name: imageName) != nil
      }
    }

    /// The stored images that have exactly these bytes, in the order of item ids and image names. The image is not decoded.
    ///
    /// - Throws: ``ImageSearchError``: the codes of files and of the index.
    public func images(sameAs image: ImageSource, options: CallOptions = .init()) async throws -> [Image] {
      try await log.call("images") { try await imagesNow(sameAs: image, options: options) }
    }

    private func imagesNow(sameAs image: ImageSource, options: CallOptions) async throws -> [Image] {
      let control = try control(options)
      let source = try await fetched(image, options: options, control: control)
      return try await workers.run(control: control) { [self] in
        let (bytes, _) = try load(source, control: control)
        let digest = try bytes.withUnsafeBytes { try Self.digest($0) }
        return try store.read(control) { transaction in
          try transaction.images(digest: digest, category: nil).compactMap { try transaction.image($0) }
            .map { Image($0.record) }
        }
      }
    }

    /// Number of images in a category; 0 for an unknown category.
    ///
    /// - Parameters:
    ///   - category: `nil` counts all images.
    ///   - options: limits of this call.
    /// - Throws: ``ImageSearchError``: the errors of the index.
    public func count(category: String? = nil, options: CallOptions = .init()) async throws -> Int {
      try await reading("count", options) { transaction in
        guard let category else { return try transaction.count(category: nil) }
        guard let key = try transaction.category(category) else { return 0 }
        return try transaction.count(category: key)
      }
    }

    /// The categories in use, each with the number of its images, sorted by name.
    ///
    /// - Throws: ``ImageSearchError``: the errors of the index.
    public func categories(options: CallOptions = .init()) async throws -> [(name: String, count: Int)] {
      try await reading("categories", options) { try $0.categories() }
    }

    /// The stored thumbnail of an image, in WebP format.
    ///
    /// - Throws: ``ImageSearchError``: ``ImageSearchError/Code/notFound`` when the image is not in the index or has no
    ///   thumbnail, ``ImageSearchError/Code/invalidArgument``, and the errors of the index.
    public func thumbnail(
      itemID: String, imageName: String, options: CallOptions = .init()
    ) async throws -> [UInt8] {
      try await reading("thumbnail", options) { transaction in
        let stored = try Self.stored(itemID, imageName, transaction)
        guard let thumbnail = try transaction.thumbnail(stored.id) else {
          throw ImageSearchError.local(
            .notFound, "\(imageName.excerpt) of \(itemID.excerpt) has no thumbnail: it was added without")
        }
        return thumbnail
      }
    }

    /// Searches with a stored image, and returns the other images only. The image is read from its file, if that still
    /// has the same bytes, otherwise from its thumbnail.
    ///
    /// - Parameters:
    ///   - request: The request; its image is ignored.
    ///   - options: limits of this call.
    ///   - imageName: the image's name within its item.
    ///   - itemID: the item's id.
    /// - Throws: ``ImageSearchError``: ``ImageSearchError/Code/notFound`` when the image is not in the index, or has
    ///   neither file nor thumbnail; and as ``search(_:options:)``.
    public func search(
      stored itemID: String, imageName: String, request: SearchRequest = .init(image: .bytes([UInt8]())),
      options: CallOptions = .init()
    ) async throws -> SearchPage {
      try await log.call("searchStored") {
        try await searchNow(stored: itemID, imageName: imageName, request: request, options: options)
      }
    }

    private func searchNow(
      stored itemID: String, imageName: String, request: SearchRequest, options: CallOptions
    ) async throws -> SearchPage {
      let control = try control(options)
      var request = request
      request.image = .bytes(
        try await workers.run(control: control) { [self] in
          try content(of: store.read(control) { try Self.stored(itemID, imageName, $0) }, control: control)
        })
      request.excluded = (itemID, imageName)
      return try await searchNow(request, options: options.begun(control.deadline))
    }

    /// Changes the category or custom content of an item, or of one of its images; nothing is decoded. An image whose
    /// category changes moves to the end of the order of adding.
    ///
    /// - Parameters:
    ///   - imageName: `nil` changes all images of the item.
    ///   - category: The new category, `.some(nil)` for none; `nil` keeps it.
    ///   - customContent: The new text, `.some(nil)` for none; `nil` keeps it.
    ///   - itemID: the item's id.
    ///   - options: limits of this call.
    /// - Returns: Number of images that have the requested values now.
    /// - Throws: ``ImageSearchError``: ``ImageSearchError/Code/notFound`` when there is no such image,
    ///   ``ImageSearchError/Code/invalidArgument``, and the errors of the index; nothing has changed then.
    @discardableResult
    public func update(
      itemID: String, imageName: String? = nil, category: String?? = nil, customContent: String?? = nil,
      options: CallOptions = .init()
    ) async throws -> Int {
      try await log.call("update") {
        try await updateNow(
          itemID: itemID, imageName: imageName, category: category, customContent: customContent, options: options)
      }
    }

    private func updateNow(
      itemID: String, imageName: String?, category: String??, customContent: String??, options: CallOptions
    ) async throws -> Int {
      let control = try control(options)
      try control.check()
      try refuseWriting()
      try TextLimit.checkName("itemID", itemID)
      if let imageName { try TextLimit.checkName("imageName", imageName) }
      try ImageCandidate.check(category: category ?? nil, customContent: customContent ?? nil)
      return try await writer.commit(control: control) { [store] commitment in
        try store.write(control, commitment) { transaction in
          let images = try transaction.images(itemID: itemID).filter { image in
            imageName.map { image.record.name.hasBytes(of: $0) } ?? true
          }
          guard !images.isEmpty else { throw Self.missing(itemID, imageName) }
          for image in images {
            try transaction.update(
              image, category: category ?? image.record.category,
              customContent: customContent ?? image.record.customContent)
          }
          try transaction.noteChange(of: 0)
          return images.count
        }
      }
    }

    /// Runs a read transaction on a worker.
    private func reading<Value: Sendable>(
      _ operation: String, _ options: CallOptions, _ body: @escaping @Sendable (IndexTransaction) throws -> Value
    ) async throws -> Value {
      try await log.call(operation) {
        let control = try control(options)
        return try await workers.run(control: control) { [store] in try store.read(control, body) }
      }
    }

    /// The row of an image.
    ///
    /// - Throws: ``ImageSearchError/Code/notFound``, ``ImageSearchError/Code/invalidArgument``.
    static func stored(_ itemID: String, _ imageName: String, _ transaction: IndexTransaction) throws -> StoredImage {
      try TextLimit.checkName("itemID", itemID)
      try TextLimit.checkName("imageName", imageName)
      guard let stored = try transaction.image(itemID: itemID, name: imageName) else {
        throw missing(itemID, imageName)
      }
      return stored
    }

    static func missing(_ itemID: String, _ imageName: String?) -> ImageSearchError {
      ImageSearchError.local(
        .notFound,
        imageName.map { "there is no image \($0.excerpt) of an item \(itemID.excerpt)" }
          ?? "there is no item \(itemID.excerpt)")
    }

    /// The bytes of a stored image: those of its file, if they are unchanged, otherwise its thumbnail. Blocks.
    ///
    /// - Throws: ``ImageSearchError/Code/notFound`` when it has neither.
    func content(of stored: StoredImage, control: CallControl) throws -> [UInt8] {
      if let bytes = try original(of: stored.record, control: control) { return bytes }
      guard let thumbnail = try store.read(control, { try $0.thumbnail(stored.id) }) else {
        throw ImageSearchError.local(
          .notFound,
          "the file of \(stored.record.name.excerpt) of \(stored.record.itemID.excerpt) is not there any more or has changed, and no"
            + " thumbnail is stored")
      }
      return thumbnail
    }
  }

  /// All items of an index in the order of adding; see ``LocalIndex/allItems(options:)``.
  public struct ItemSequence: AsyncSequence, Sendable {
    let index: LocalIndex
    let options: CallOptions

    /// Begins with the oldest item.
    public func makeAsyncIterator() -> Iterator { Iterator(index: index, options: options) }

    /// Reads a page when the one before is used up.
    public struct Iterator: AsyncIteratorProtocol {
      let index: LocalIndex
      let options: CallOptions
      private var page: ArraySlice<LocalIndex.Item> = []
      private var position: Int64 = 0

      init(index: LocalIndex, options: CallOptions) {
        self.index = index
        self.options = options
      }

      /// The next item, `nil` after the last.
      ///
      /// - Throws: ``ImageSearchError``.
      public mutating func next() async throws -> LocalIndex.Item? {
        if page.isEmpty { page = try await index.items(after: position, limit: 1000, options: options)[...] }
        let item = page.popFirst()
        if let item { position = item.position }
        return item
      }
    }
  }
#endif
