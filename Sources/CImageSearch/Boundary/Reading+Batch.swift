#if LocalIndex
  import CImageSearchHeader
  import ImageSearch
  import ImageIndex

  extension Reading {
    static func batch(_ pointer: UnsafePointer<imagesearch_batch_options>?) throws -> BatchOptions {
      let options = try options(
        pointer, imagesearch_batch_options(), minimumSize: MemoryLayout<imagesearch_batch_options>.size,
        "imagesearch_batch_options")
      guard options.reserved == 0 else { throw ImageSearchError(.invalidArgument, "reserved is not 0") }
      var batch = BatchOptions()
      batch.category = try text(options.category, "category")
      batch.customContent = try text(options.custom_content, "custom_content")
      batch.recursive = options.not_recursive == 0
      batch.naming = options.item_per_folder == 0 ? .itemPerFile : .itemPerFolder
      if options.transaction_size != 0 { batch.transactionSize = Int(options.transaction_size) }
      if options.threads != 0 { batch.threads = Int(options.threads) }
      batch.skipsUnchangedFiles = options.read_unchanged_files == 0
      return batch
    }

    static func copy(_ pointer: UnsafePointer<imagesearch_copy_options>?) throws -> CopyOptions {
      let options = try options(
        pointer, imagesearch_copy_options(), minimumSize: MemoryLayout<imagesearch_copy_options>.size,
        "imagesearch_copy_options")
      var copy = CopyOptions()
      copy.target = try text(options.target, "target")
      copy.sendsThumbnails = options.send_thumbnails != 0
      if options.call_size != 0 { copy.callSize = Int(options.call_size) }
      return copy
    }

    /// - Returns: what calls the callback; `nil` for NULL.
    static func progress(
      _ callback: imagesearch_progress_callback?, _ userData: UnsafeMutableRawPointer?
    ) -> BatchProgressHandler? {
      guard let callback else { return nil }
      // The header demands that the callback may be called on any thread until the batch has ended.
      nonisolated(unsafe) let userData = userData
      return { progress in
        var step = imagesearch_progress(
          struct_size: MemoryLayout<imagesearch_progress>.size, done: Int64(progress.done),
          total: Int64(progress.total), failed: Int64(progress.failed), per_second: progress.perSecond,
          seconds_left: progress.secondsLeft ?? .nan)
        callback(&step, userData)
      }
    }
  }
#endif
