#if LocalIndex
  import CImageCodecs
#endif

/// What an image may cost. All limits but `maximumScans` are checked from the header, before anything is allocated.
package struct ImageLimits: Sendable, Equatable {
  /// Bytes of the encoded image. Default 64 MiB.
  package var maximumFileSize = 64 << 20
  /// Width times height as stored. Default 100 million.
  package var maximumPixels = 100_000_000
  /// The longer side as stored, in pixels. Default 65 535, the most that a JPEG can have.
  package var maximumSide = 65_535
  /// Bytes that decoding may hold at once beside the encoded image, whatever the file's size. Default 512 MiB.
  package var maximumWorkingMemory = 512 << 20
  /// Bytes that any file may cost, however small it is. Default 48 MiB, which keeps a bomb within 64 MiB all told.
  ///
  /// Above it a file must bear some relation to what it asks for, see ``workingMemory(fileSize:)``: a few kilobytes
  /// that unpack to hundreds of megabytes are a decompression bomb, a camera's file of 20 MB is not.
  package var freeWorkingMemory = 48 << 20
  /// Bytes of memory allowed for each byte of the file beyond ``freeWorkingMemory``. Default 64.
  package var memoryPerFileByte = 64
  /// Scans of a JPEG, more are refused while decoding. Default 100; cameras and optimisers write up to about 20.
  package var maximumScans = 100

  package init() {}

  /// What a file of `fileSize` bytes may hold while it is decoded: `memoryPerFileByte` times its size, but never less
  /// than `freeWorkingMemory` nor more than `maximumWorkingMemory`.
  package func workingMemory(fileSize: Int) -> Int {
    let (proportional, overflow) = fileSize.multipliedReportingOverflow(by: memoryPerFileByte)
    return min(maximumWorkingMemory, max(freeWorkingMemory, overflow ? .max : proportional))
  }

  /// - Throws: ``ImageDecodingError`` with `tooLarge` when a side or the number of pixels exceeds the limit, `corrupt`
  ///   when there are none.
  func check(width: Int, height: Int) throws {
    guard width > 0, height > 0 else {
      throw ImageDecodingError(.corrupt, "the header says \(width) by \(height) pixels")
    }
    if max(width, height) > maximumSide {
      throw ImageDecodingError.tooLarge("side", max(width, height), limit: maximumSide, unit: "pixels")
    }
    let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
    if overflow || pixels > maximumPixels {
      throw ImageDecodingError.tooLarge("pixels", overflow ? .max : pixels, limit: maximumPixels, unit: "pixels")
    }
  }

  /// - Throws: ``ImageDecodingError`` with `tooLarge` when `parts` add up to more than a file of this size may hold.
  func check(memory parts: [Int], fileSize: Int) throws {
    var total = 0
    for part in parts {
      let (sum, overflow) = total.addingReportingOverflow(part)
      total = overflow ? .max : sum
    }
    let allowed = workingMemory(fileSize: fileSize)
    if total > allowed {
      throw ImageDecodingError.tooLarge("workingMemory", total, limit: allowed, unit: "bytes")
    }
  }

  /// - Throws: ``ImageDecodingError`` with `empty` or `tooLarge`.
  func check(fileSize: Int) throws {
    if fileSize == 0 { throw ImageDecodingError(.empty, "there are no bytes") }
    if fileSize > maximumFileSize {
      throw ImageDecodingError.tooLarge("fileSize", fileSize, limit: maximumFileSize, unit: "bytes")
    }
  }
}

/// Memory that was freed and that the allocator keeps for the thread.
package enum FreedMemory {
  /// Gives it back to the system.
  ///
  /// - Parameter always: `false` does so only when a large image was decoded, on any thread, since this thread was last asked.
  package static func giveBack(always: Bool = true) {
    #if LocalIndex
      let wasLarge = image_was_large()
      if always || wasLarge { image_trim() }
    #endif
  }
}
