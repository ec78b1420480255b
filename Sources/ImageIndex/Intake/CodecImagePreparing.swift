#if LocalIndex
  import ImageSearch
  import ImageCodecs

  /// Re-encodes an image that a service would reject as an upright JPEG within the service's limits, on its own
  /// threads, so that calls are not blocked.
  package final class CodecImagePreparing: ImagePreparing {
    private let workers: WorkQueue
    private let alarm: DeadlineAlarm

    /// - Throws: ``ImageSearchError/Code/outOfMemory`` when no thread can be created.
    package init() throws {
      do {
        workers = try WorkQueue(threads: min(4, Platform.processors), name: "images-prepare")
        do {
          alarm = try DeadlineAlarm()
        } catch {
          workers.close()
          throw error
        }
      } catch { throw Self.ofTheService(error) }
    }

    deinit { close() }

    /// See ``ImagePreparing/close()``.
    package func close() {
      workers.close()
      alarm.close()
    }

    /// See ``ImagePreparing/prepare(_:rules:deadline:)``; an image within the limits is returned unchanged.
    package func prepare(
      _ source: ImageSource, rules: ImagePreflight, deadline: Deadline?
    ) async throws -> ImageSource {
      do {
        try rules.check(source)
        return source
      } catch let error as ImageSearchError
        where [.imageTooLarge, .unsupportedFormat, .animatedImage].contains(error.code)
      {
        return try await reencode(source.kept(), rules, deadline)
      }
    }

    private func reencode(
      _ source: ImageSource, _ rules: ImagePreflight, _ deadline: Deadline?
    ) async throws -> ImageSource {
      let control = CallControl(deadline: deadline)
      alarm.add(control)
      do {
        return try await workers.run(control: control) { try Self.reencoded(source, rules, control) }
      } catch { throw Self.ofTheService(error) }
    }

    /// Blocks.
    private static func reencoded(
      _ source: ImageSource, _ rules: ImagePreflight, _ control: CallControl
    ) throws -> ImageSource {
      let bytes = try source.contents(upTo: ImageLimits().maximumFileSize)
      let bounds = ImageReencoder.Bounds(
        maximumBytes: rules.maximumBytes ?? Int.max, minimumSide: rules.sides?.lowerBound ?? 1,
        maximumSide: rules.sides?.upperBound ?? 4096)
      let encoded = try ImageDecodingError.translated {
        try bytes.withUnsafeBytes { try ImageReencoder.reencode($0, within: bounds, check: control.check) }
      }
      return .bytes(encoded.bytes, name: source.fileName)
    }

    /// The queue's errors name the local index; here they must name the service that the image is prepared for.
    private static func ofTheService(_ error: any Error) -> any Error {
      guard var error = error as? ImageSearchError else { return error }
      error.service = ""
      if error.code == .closed { error.message = "the client was closed" }
      return error
    }
  }

  extension AlibabaCloud.Options {
    /// Whether images that are too large, or have an EXIF orientation, are re-encoded upright and smaller before they
    /// are sent, instead of being rejected. The re-encoded image is a JPEG without EXIF data.
    public var preparesImages: Bool {
      get { preparation != nil }
      set { if newValue { preparation = { try CodecImagePreparing() } } else { preparation = nil } }
    }
  }
#endif
