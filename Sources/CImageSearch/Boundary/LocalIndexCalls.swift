import CImageSearchHeader
import ImageSearch

#if LocalIndex
  import ImageIndex
#endif

/// The calls that only a local index has, read once for both ways of making them.
enum LocalIndexCalls {
  typealias Call = @Sendable () async throws -> AddReport

  /// Who is told how far a call has come.
  struct Listener {
    let progress: imagesearch_progress_callback?
    let userData: UnsafeMutableRawPointer?
  }

  #if LocalIndex
    static func addFolder(
      _ client: OpaquePointer?, _ folder: UnsafePointer<CChar>?, _ batch: UnsafePointer<imagesearch_batch_options>?,
      _ call: UnsafePointer<imagesearch_call_options>?, _ listener: Listener
    ) throws -> Call {
      let index = try index(client)
      let folder = try Reading.required(folder, "folder")
      let (batch, call, progress) = (try Reading.batch(batch), try Reading.call(call), progress(listener))
      return { try await index.addFolder(folder, batch: batch, options: call, progress: progress) }
    }

    static func addItems(
      _ client: OpaquePointer?, _ items: UnsafePointer<UnsafePointer<imagesearch_item>?>?, _ count: Int,
      _ batch: UnsafePointer<imagesearch_batch_options>?, _ call: UnsafePointer<imagesearch_call_options>?,
      _ listener: Listener, copying: Bool
    ) throws -> Call {
      let index = try index(client)
      let items = try Reading.items(items, count, copying: copying)
      let (batch, call, progress) = (try Reading.batch(batch), try Reading.call(call), progress(listener))
      return { try await index.addBatch(items, batch: batch, options: call, progress: progress) }
    }

    static func rebuild(
      _ client: OpaquePointer?, _ call: UnsafePointer<imagesearch_call_options>?, _ listener: Listener
    ) throws -> Call {
      let index = try index(client)
      let (call, progress) = (try Reading.call(call), progress(listener))
      return { try await index.rebuild(options: call, progress: progress) }
    }

    static func rebuild(
      at path: UnsafePointer<CChar>?, _ call: UnsafePointer<imagesearch_call_options>?, _ listener: Listener
    ) throws -> Call {
      try ForkGuard.check()
      let path = try Reading.required(path, "path")
      let (call, progress) = (try Reading.call(call), progress(listener))
      return { try await LocalIndex.rebuild(path: path, options: call, progress: progress) }
    }

    static func copy(
      _ client: OpaquePointer?, _ target: OpaquePointer?, _ copy: UnsafePointer<imagesearch_copy_options>?,
      _ call: UnsafePointer<imagesearch_call_options>?, _ listener: Listener
    ) throws -> Call {
      let index = try index(client)
      guard target != nil else { throw ImageSearchError(.invalidArgument, "target is NULL") }
      let service = try ClientHandle.service(target)
      let (copy, call, progress) = (try Reading.copy(copy), try Reading.call(call), progress(listener))
      return { try await index.copy(into: service, copy: copy, options: call, progress: progress) }
    }

    private static func index(_ client: OpaquePointer?) throws -> LocalIndex {
      let service = try ClientHandle.service(client)
      guard let index = service as? LocalIndex else {
        throw ImageSearchError(.unsupported, "\(service.name) is no local index", service: service.name)
      }
      return index
    }

    private static func progress(_ listener: Listener) -> BatchProgressHandler? {
      Reading.progress(listener.progress, listener.userData)
    }
  #else
    static func addFolder(
      _ client: OpaquePointer?, _ folder: UnsafePointer<CChar>?, _ batch: UnsafePointer<imagesearch_batch_options>?,
      _ call: UnsafePointer<imagesearch_call_options>?, _ listener: Listener
    ) throws -> Call { throw missing }

    static func addItems(
      _ client: OpaquePointer?, _ items: UnsafePointer<UnsafePointer<imagesearch_item>?>?, _ count: Int,
      _ batch: UnsafePointer<imagesearch_batch_options>?, _ call: UnsafePointer<imagesearch_call_options>?,
      _ listener: Listener, copying: Bool
    ) throws -> Call { throw missing }

    static func rebuild(
      _ client: OpaquePointer?, _ call: UnsafePointer<imagesearch_call_options>?, _ listener: Listener
    ) throws -> Call { throw missing }

    static func rebuild(
      at path: UnsafePointer<CChar>?, _ call: UnsafePointer<imagesearch_call_options>?, _ listener: Listener
    ) throws -> Call { throw missing }

    static func copy(
      _ client: OpaquePointer?, _ target: OpaquePointer?, _ copy: UnsafePointer<imagesearch_copy_options>?,
      _ call: UnsafePointer<imagesearch_call_options>?, _ listener: Listener
    ) throws -> Call { throw missing }

    private static var missing: ImageSearchError {
      ImageSearchError(.unsupported, "this library was built without the local index (package trait LocalIndex)")
    }
  #endif
}
