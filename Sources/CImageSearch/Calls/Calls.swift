import CImageSearchHeader
import ImageSearch

/// How the arguments of a call are read.
enum CallMode {
  /// The arguments are valid until the call has ended.
  case blocking
  /// The arguments are only valid until the function returns.
  case background
}

/// The calls of all services, each written once.
enum Calls {
  typealias Pointer<Options> = UnsafePointer<Options>?

  static func search(
    _ client: OpaquePointer?, _ image: Pointer<imagesearch_image>, _ options: Pointer<imagesearch_search_options>,
    _ mode: CallMode
  ) throws -> Call<SearchPage> {
    let client = try ClientHandle.open(client)
    let (request, options) = try Reading.search(image, options, mode)
    return call(client, options) { try await $0.search(request, options: $1) }
  }

  static func searchMany(
    _ client: OpaquePointer?, _ images: Pointer<imagesearch_image>, _ count: Int,
    _ options: Pointer<imagesearch_search_options>, _ many: Pointer<imagesearch_many_options>,
    _ listener: LocalIndexCalls.Listener, _ mode: CallMode
  ) throws -> Call<[Result<SearchPage, ImageSearchError>]> {
    let client = try ClientHandle.open(client)
    let sources = try Reading.images(images, count, mode)
    let (template, options) = try Reading.search(.bytes([UInt8]()), options)
    let requests = sources.map { source in
      var request = template
      request.image = source
      return request
    }
    let many = try Reading.options(many, imagesearch_many_options())
    var batch = SearchBatch()
    if many.concurrent != 0 { batch.concurrent = Reading.integer(many.concurrent) }
    if many.maximum_paid_calls != 0 { batch.maximumPaidCalls = Reading.integer(many.maximum_paid_calls) }
    let notifier = ProgressNotifier(
      service: client.service.name, transfer: options.transfer, options.transferData, batch: listener.callback,
      listener.userData)
    var call = options.call
    call.progress = notifier?.transferHandler
    return Call(callbacks: client.callbacks, progress: notifier) { [service = client.service, call, batch] in
      let start = ContinuousClock.now
      return try await service.searchMany(requests, batch: batch, options: call) { progress in
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let rate = seconds > 0 ? Double(progress.done) / seconds : 0
        notifier?.note(
          .init(
            done: Int64(progress.done), total: Int64(progress.total), failed: Int64(progress.failed), perSecond: rate,
            secondsLeft: rate > 0 ? Double(progress.total - progress.done) / rate : .nan))
      }
    }
  }

  static func quota(
    _ client: OpaquePointer?, _ options: Pointer<imagesearch_call_options>
  ) throws -> Call<Quota> {
    call(try .open(client), try Reading.call(options)) { try await $0.quota(options: $1) }
  }

  static func remainingSearches(
    _ client: OpaquePointer?, _ options: Pointer<imagesearch_call_options>
  ) throws -> Call<Quota> {
    call(try .open(client), try Reading.call(options)) { try await $0.remainingSearches(options: $1) }
  }

  static func ensureQuota(
    _ client: OpaquePointer?, _ count: Int64, _ unit: imagesearch_quota_unit,
    _ options: Pointer<imagesearch_call_options>
  ) throws -> Call<Quota> {
    let client = try ClientHandle.open(client)
    let unit = try Reading.unit(unit)
    return call(client, try Reading.call(options)) { service, options in
      try await service.ensureQuota(for: Reading.integer(count), of: unit, options: options)
    }
  }

  static func imageCount(
    _ client: OpaquePointer?, _ options: Pointer<imagesearch_call_options>
  ) throws -> Call<Int64> {
    call(try .open(client), try Reading.call(options)) { Int64(try await $0.imageCount(options: $1)) }
  }

  static func addImages(
    _ client: OpaquePointer?, _ items: Pointer<imagesearch_item>, _ count: Int,
    _ options: Pointer<imagesearch_call_options>, _ mode: CallMode
  ) throws -> Call<AddReport> {
    let client = try ClientHandle.open(client)
    let items = try Reading.items(items, count, mode)
    return call(client, try Reading.call(options)) { try await $0.addImages(items, options: $1) }
  }

  static func removeImages(
    _ client: OpaquePointer?, _ removals: Pointer<imagesearch_removal>, _ count: Int,
    _ options: Pointer<imagesearch_call_options>
  ) throws -> Call<Int64> {
    let client = try ClientHandle.open(client)
    let requests = try Reading.removals(removals, count)
    return call(client, try Reading.call(options)) { Int64(try await $0.removeImages(requests, options: $1) ?? -1) }
  }

  static func overlay(
    _ client: OpaquePointer?, _ query: Pointer<imagesearch_image>, _ match: OpaquePointer?,
    _ style: imagesearch_overlay_style, _ options: Pointer<imagesearch_call_options>, _ mode: CallMode
  ) throws -> Call<[UInt8]> {
    let client = try ClientHandle.open(client)
    let match = try MatchHandle.required(match, "match").match
    let style = try Reading.style(style)
    let query = query == nil ? nil : try Reading.image(query, mode)
    return call(client, try Reading.call(options)) { service, options in
      try await service.overlay(of: match, query: query, style: style, options: options)
    }
  }

  /// A call of a client's service whose progress is that of its transfers.
  static func call<Value: Sendable>(
    _ client: ClientHandle, _ options: Reading.Options,
    _ body: @escaping @Sendable (any SearchService, CallOptions) async throws -> Value
  ) -> Call<Value> {
    let progress = ProgressNotifier(
      service: client.service.name, transfer: options.transfer, options.transferData, batch: nil, nil)
    var call = options.call
    call.progress = progress?.transferHandler
    return Call(callbacks: client.callbacks, progress: progress) { [service = client.service, call] in
      try await body(service, call)
    }
  }
}
