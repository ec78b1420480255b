import CImageSearchHeader
import ImageSearch

#if LocalIndex
  @_spi(Command) import ImageIndex
#endif

/// The calls that only a local index has, each written once.
enum LocalIndexCalls {
  /// The progress callback of a batch.
  struct Listener {
    let callback: imagesearch_batch_callback?
    let userData: UnsafeMutableRawPointer?
  }

  static func open(
    _ path: UnsafePointer<CChar>?, _ local: UnsafePointer<imagesearch_local_index_options>?,
    _ options: UnsafePointer<imagesearch_client_options>?
  ) throws -> ClientHandle {
    #if LocalIndex
      let path = try Reading.absolute(try Reading.required(path, "path"))
      let local = try Reading.options(local, imagesearch_local_index_options())
      return try .open(options, limits: RequestLimits(concurrent: 8)) { client in
        var configuration = try LocalIndexConfiguration(web: client.configuration)
        if let time = client.totalTimeout { configuration.totalTimeout = time }
        try Reading.read(local, into: &configuration)
        return try LocalIndex(path: path, configuration: configuration)
      }
    #else
      throw missing
    #endif
  }

  static func addFolder(
    _ client: OpaquePointer?, _ folder: UnsafePointer<CChar>?, _ batch: UnsafePointer<imagesearch_batch_options>?,
    _ options: UnsafePointer<imagesearch_call_options>?, _ listener: Listener
  ) throws -> Call<AddReport> {
    #if LocalIndex
      let (client, index) = try index(client)
      guard let folder = try Reading.path(folder, .background) else {
        throw ImageSearchError(.invalidArgument, "folder is NULL")
      }
      let batch = try Reading.batch(batch)
      return try call(client.callbacks, options, listener) { options, progress in
        try await index.addFolder(pathBytes: folder, batch: batch, options: options, progress: progress)
      }
    #else
      throw missing
    #endif
  }

  static func addItems(
    _ client: OpaquePointer?, _ items: UnsafePointer<imagesearch_item>?, _ count: Int,
    _ batch: UnsafePointer<imagesearch_batch_options>?, _ options: UnsafePointer<imagesearch_call_options>?,
    _ listener: Listener, _ mode: CallMode
  ) throws -> Call<AddReport> {
    #if LocalIndex
      let (client, index) = try index(client)
      let items = try Reading.items(items, count, mode)
      let batch = try Reading.batch(batch)
      return try call(client.callbacks, options, listener) { options, progress in
        try await index.addBatch(items, batch: batch, options: options, progress: progress)
      }
    #else
      throw missing
    #endif
  }

  static func addFile(
    _ client: OpaquePointer?, _ path: UnsafePointer<CChar>?, _ itemID: UnsafePointer<CChar>?,
    _ batch: UnsafePointer<imagesearch_batch_options>?, _ options: UnsafePointer<imagesearch_call_options>?
  ) throws -> Call<AddReport> {
    #if LocalIndex
      let (client, index) = try index(client)
      let absolute = try Reading.requiredPath(path, "path")
      let batch = try Reading.batch(batch)
      let given = path.map { LocalIndex.id(ofPath: Platform.bytes($0)) } ?? ""
      let item = try LocalIndex.item(
        ofFile: absolute, itemID: try Reading.text(itemID, "item_id") ?? given, category: batch.category,
        customContent: batch.customContent)
      return Calls.call(client, try Reading.call(options)) { try await index.addImages([item], options: $1) }
    #else
      throw missing
    #endif
  }

  static func rebuild(
    _ client: OpaquePointer?, _ options: UnsafePointer<imagesearch_call_options>?, _ listener: Listener
  ) throws -> Call<AddReport> {
    #if LocalIndex
      let (client, index) = try index(client)
      return try call(client.callbacks, options, listener) { options, progress in
        try await index.rebuild(options: options, progress: progress)
      }
    #else
      throw missing
    #endif
  }

  static func rebuild(
    at path: UnsafePointer<CChar>?, _ options: UnsafePointer<imagesearch_call_options>?, _ listener: Listener
  ) throws -> Call<AddReport> {
    #if LocalIndex
      try ForkGuard.check()
      let path = try Reading.absolute(try Reading.required(path, "path"))
      // There is no client with a callback thread; this one ends with the operation.
      let callbacks = CallbackThread()
      callbacks.free()
      return try call(callbacks, options, listener) { options, progress in
        try await LocalIndex.rebuild(path: path, options: options, progress: progress)
      }
    #else
      throw missing
    #endif
  }

  static func copy(
    _ client: OpaquePointer?, _ target: OpaquePointer?, _ copy: UnsafePointer<imagesearch_copy_options>?,
    _ options: UnsafePointer<imagesearch_call_options>?, _ listener: Listener
  ) throws -> Call<AddReport> {
    #if LocalIndex
      let (client, index) = try index(client)
      let service = try ClientHandle.open(target, "target").service
      let copy = try Reading.copy(copy)
      return try call(client.callbacks, options, listener) { options, progress in
        try await index.copy(into: service, copy: copy, options: options, progress: progress)
      }
    #else
      throw missing
    #endif
  }

  static var missing: ImageSearchError {
    ImageSearchError(.unsupported, "this library was built without the local index (package trait LocalIndex)")
  }

  #if LocalIndex
    private typealias Body = @Sendable (CallOptions, LocalIndex.BatchProgressHandler?) async throws -> AddReport

    static func index(_ client: OpaquePointer?) throws -> (client: ClientHandle, index: LocalIndex) {
      let client = try ClientHandle.open(client)
      return (client, try index(client))
    }

    static func index(_ client: ClientHandle) throws -> LocalIndex {
      try ForkGuard.check()
      guard let index = client.service as? LocalIndex else {
        throw ImageSearchError(.unsupported, "\(client.service.name) is no local index", service: client.service.name)
      }
      return index
    }

    /// A call whose progress is that of a batch and of its transfers.
    private static func call(
      _ callbacks: CallbackThread, _ options: UnsafePointer<imagesearch_call_options>?, _ listener: Listener,
      _ body: @escaping Body
    ) throws -> Call<AddReport> {
      let options = try Reading.call(options)
      let notifier = ProgressNotifier(
        service: "LocalIndex", transfer: options.transfer, options.transferData, batch: listener.callback,
        listener.userData)
      var call = options.call
      call.progress = notifier?.transferHandler
      return Call(callbacks: callbacks, progress: notifier) { [call] in
        guard let notifier, notifier.followsBatch else { return try await body(call, nil) }
        return try await body(call) { notifier.note(.init($0)) }
      }
    }
  #endif
}

#if LocalIndex
  extension ProgressNotifier.BatchStep {
    init(_ progress: LocalIndex.BatchProgress) {
      self.init(
        done: Int64(progress.done), total: Int64(progress.total), failed: Int64(progress.failed),
        perSecond: progress.perSecond, secondsLeft: progress.secondsLeft ?? .nan)
    }
  }

  extension Reading {
    fileprivate static func read(
      _ local: imagesearch_local_index_options, into configuration: inout LocalIndexConfiguration
    ) throws {
      configuration.readOnly = local.read_only != 0
      configuration.createIfMissing = try choice(local.create, "create", default: true)
      if local.threads != 0 { configuration.threads = Int(local.threads) }
      if local.thumbnail_side != 0 {
        try Validation.range("thumbnail_side", local.thumbnail_side, 1...2048)
        configuration.thumbnailSide = Int(local.thumbnail_side)
      }
      if try !choice(local.thumbnails, "thumbnails", default: true) { configuration.thumbnailSide = 0 }
      if local.thumbnail_quality != 0 { configuration.thumbnailQuality = Int(local.thumbnail_quality) }
      if let time = try seconds(local.lock_timeout, "lock_timeout") { configuration.lockTimeout = time }
      if local.maximum_image_bytes != 0 { configuration.maximumImageBytes = integer(local.maximum_image_bytes) }
      if local.maximum_pixels != 0 { configuration.maximumPixels = integer(local.maximum_pixels) }
    }

    fileprivate static func batch(_ pointer: UnsafePointer<imagesearch_batch_options>?) throws
      -> LocalIndex.BatchOptions
    {
      let options = try options(pointer, imagesearch_batch_options())
      var batch = LocalIndex.BatchOptions()
      batch.category = try text(options.category, "category")
      batch.customContent = try text(options.custom_content, "custom_content")
      batch.prefix = try text(options.prefix, "prefix") ?? ""
      batch.recursive = try choice(options.recursive, "recursive", default: true)
      batch.naming = options.item_per_folder == 0 ? .itemPerFile : .itemPerFolder
      if options.transaction_size != 0 { batch.transactionSize = Int(options.transaction_size) }
      if options.threads != 0 { batch.threads = Int(options.threads) }
      batch.skipsUnchangedFiles = options.read_unchanged_files == 0
      batch.prune = options.prune != 0
      return batch
    }

    fileprivate static func copy(_ pointer: UnsafePointer<imagesearch_copy_options>?) throws -> LocalIndex.CopyOptions {
      let options = try options(pointer, imagesearch_copy_options())
      var copy = LocalIndex.CopyOptions()
      copy.target = try text(options.target, "target")
      copy.sendsThumbnails = options.send_thumbnails != 0
      if options.call_size != 0 { copy.callSize = Int(options.call_size) }
      return copy
    }
  }
#endif
