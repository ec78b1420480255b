#if LocalIndex
  import CImageSearchHeader
  import ImageSearch
  import LocalIndex

  /// Opening a local index with the options that all clients share; those of the web do not touch it.
  enum LocalIndexOpening {
    static func open(_ path: String, _ pointer: UnsafePointer<imagesearch_client_options>?) throws -> any SearchService
    {
      let options = try Reading.options(
        pointer, imagesearch_client_options(), minimumSize: MemoryLayout<imagesearch_client_options>.size,
        "imagesearch_client_options")
      let web = try Reading.client(pointer, limits: RequestLimits(concurrent: 8)).configuration
      var configuration = try LocalIndexConfiguration(web: web)
      if let seconds = Reading.positive(options.deadline) { configuration.deadline = seconds }
      return try LocalIndex(path: path, configuration: configuration)
    }
  }
#endif
