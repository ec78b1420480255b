import ImageFormats
import Rasters

/// An error of decoding or encoding.
package struct ImageDecodingError: Error, Sendable, Equatable {
  /// The kind of failure. Open: later versions may add kinds.
  package struct Code: Sendable, Hashable, CustomStringConvertible {
    /// The name of the kind, stable.
    package let name: String

    init(_ name: String) { self.name = name }

    /// There are no bytes at all.
    package static let empty = Code("empty")
    /// The bytes are not an image of any known format.
    package static let notAnImage = Code("notAnImage")
    /// A known format, but an unsupported variant (12-bit JPEG, floating-point TIFF …).
    package static let unsupportedFormat = Code("unsupportedFormat")
    /// The data end too early in the image.
    package static let truncated = Code("truncated")
    /// The data violate their format.
    package static let corrupt = Code("corrupt")
    /// A limit of ``ImageLimits`` is exceeded; ``ImageDecodingError/field`` and ``ImageDecodingError/limit`` say which.
    package static let tooLarge = Code("tooLarge")
    /// A side is smaller than the caller's minimum.
    package static let tooSmall = Code("tooSmall")
    /// The system refused memory.
    package static let outOfMemory = Code("outOfMemory")
    /// An encoder refused the image or its parameters.
    package static let cannotEncode = Code("cannotEncode")

    package var description: String { name }
  }

  /// The kind of failure.
  package let code: Code
  /// One sentence in English, without the image's name, which is not known here.
  package let message: String
  /// The quantity that exceeded a limit: `pixels`, `side`, `fileSize`, `workingMemory`, `scans`, …; `nil` for other
  /// failures.
  package let field: String?
  /// The limit that was exceeded, in the field's unit.
  package let limit: Int?

  init(_ code: Code, _ message: String, field: String? = nil, limit: Int? = nil) {
    self.code = code
    self.message = message
    self.field = field
    self.limit = limit
  }

  /// The error for a `value` that exceeds a limit of ``ImageLimits``.
  static func tooLarge(_ field: String, _ value: Int, limit: Int, unit: String) -> ImageDecodingError {
    ImageDecodingError(
      .tooLarge, "\(field) is \(value) \(unit), the limit is \(limit) \(unit)", field: field, limit: limit)
  }
}

extension ImageDecodingError {
  /// The error for an image for whose pixels there is no memory.
  package init(_ error: OutOfPixelMemory) {
    self.init(.outOfMemory, "the system has no memory for the \(error.byteCount) bytes that the image needs")
  }

  /// Runs code that reads headers, and translates its errors into this layer's.
  static func translatingFormatErrors<Value>(_ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch let error as ImageFormatError {
      let code: Code =
        switch error.kind {
        case .empty: .empty
        case .notAnImage: .notAnImage
        case .unsupported: .unsupportedFormat
        case .truncated: .truncated
        case .corrupt: .corrupt
        }
      throw ImageDecodingError(code, error.message)
    }
  }

  /// Reads the header of an encoded image, with all its frames counted.
  static func readHeader(_ bytes: UnsafeRawBufferPointer) throws -> ImageHeader {
    try translatingFormatErrors { try ImageHeader.read(from: MemorySource(bytes), frameLimit: ImageHeader.mostFrames) }
  }
}
