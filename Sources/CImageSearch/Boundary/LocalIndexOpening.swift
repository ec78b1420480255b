#if LocalIndex
  import CImageSearchHeader
  import ImageSearch
  import ImageIndex

  /// Opening a local index with its own options and those that all clients share; those of the web do not touch it.
  enum LocalIndexOpening {
    static func open(
      _ path: String, _ local: UnsafePointer<imagesearch_local_index_options>?,
      _ pointer: UnsafePointer<imagesearch_client_options>?
    ) throws -> any SearchService {
      let options = try Reading.options(
        pointer, imagesearch_client_options(), minimumSize: MemoryLayout<imagesearch_client_options>.size,
        "imagesearch_client_options")
      let web = try Reading.client(pointer, limits: RequestLimits(concurrent: 8)).configuration
      var configuration = try LocalIndexConfiguration(web: web)
      if let time = try Reading.duration(options.deadline, "deadline") { configuration.totalTimeout = time }
      try read(local, &configuration)
      return try LocalIndex(path: path, configuration: configuration)
    }

    private static func read(
      _ pointer: UnsafePointer<imagesearch_local_index_options>?, _ configuration: inout LocalIndexConfiguration
    ) throws {
      let local = try Reading.options(
        pointer, imagesearch_local_index_options(), minimumSize: MemoryLayout<imagesearch_local_index_options>.size,
        "imagesearch_local_index_options")
      guard local.reserved == 0 else { throw ImageSearchError(.invalidArgument, "reserved is not 0") }
      configuration.readOnly = local.read_only != 0
      configuration.createIfMissing = local.must_exist == 0
      if local.threads != 0 { configuration.threads = Int(local.threads) }
      // 0 is the default as everywhere, so no thumbnail has a number of its own; others below 0 are out of range.
      if local.thumbnail_side != 0 {
        configuration.thumbnailSide = local.thumbnail_side == -1 ? 0 : Int(local.thumbnail_side)
      }
      if local.thumbnail_quality != 0 { configuration.thumbnailQuality = Int(local.thumbnail_quality) }
      if let time = try Reading.duration(local.lock_timeout, "lock_timeout") { configuration.lockTimeout = time }
      if local.maximum_image_bytes != 0 {
        configuration.maximumImageBytes = Reading.integer(local.maximum_image_bytes)
      }
      if local.maximum_pixels != 0 { configuration.maximumPixels = Reading.integer(local.maximum_pixels) }
    }
  }
#endif
