#if LocalIndex
  import CImageCodecs
#endif

/// Limits of decoding. All except `maximumScans` are checked against the header, before anything is allocated.
package struct ImageLimits: Sendable, Equatable {
  /// Maximum size of the encoded image in bytes. Default 64 MiB.
  package var maximumFileSize = 64 << 20
  /// Maximum of width times height, as stored. Default 100 million.
  package var maximumPixels = 100_000_000
  /// Maximum of the longer side, as stored, in pixels. Default 65 535, the maximum of JPEG.
  package var maximumSide = 65_535
  /// Maximum memory of decoding in bytes, besides the encoded image, whatever the file's size. Default 512 MiB.
  package var maximumWorkingMemory = 512 << 20
  /// Memory in bytes that any file may use, however small it is. Default 48 MiB, which limits a decompression bomb to
  /// 64 MiB in total.
  ///
  /// Above it, the memory is proportional to the file's size, see ``workingMemory(fileSize:)``: a few kilobytes that
  /// unpack to hundreds of megabytes are a decompression bomb, a camera's file of 20 MB is not.
  package var freeWorkingMemory = 48 << 20
  /// Bytes of memory allowed per byte of the file, if that is more than ``freeWorkingMemory``. Default 64.
  package var memoryPerFileByte = 64
  /// Maximum number of scans of a JPEG, checked while decoding. Default 100; cameras and optimizers write up to about
  /// 20.
  package var maximumScans = 100

  package init() {}

  /// The memory that decoding a file of `fileSize` bytes may use: `memoryPerFileByte` times its size, but at least
  /// `freeWorkingMemory` and at most `maximumWorkingMemory`.
  package func workingMemory(fileSize: Int) -> Int {
    let (proportional, overflow) = fileSize.multipliedReportingOverflow(by: memoryPerFileByte)
    return min(maximumWorkingMemory, max(freeWorkingMemory, overflow ? .max : proportional))
  }

  /// - Throws: ``ImageDecodingError`` with `tooLarge` when a side or the number of pixels exceeds the limit, `corrupt`
  ///   when a side is 0.
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

  /// - Throws: ``ImageDecodingError`` with `tooLarge` when the sum of `parts` is more than a file of this size may use.
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

/// Freed memory that the allocator retains for the thread.
package enum FreedMemory {
  /// Returns it to the system.
  ///
  /// - Parameter always: if `false`, only if a large image was decoded on any thread since the last call on this
  ///   thread.
  package static func release(always: Bool = true) {
    #if LocalIndex
      let wasLarge = image_was_large()
      if always || wasLarge { image_trim() }
    #endif
  }
}
