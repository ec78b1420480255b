import CImageSearch
import CImageSearchHeader
import Glibc

/// Interprets any bytes as a program of C calls on live handles, with arguments of every kind, valid and invalid. Whatever the header allows
/// must not crash, and must not confuse handles; the address sanitizer detects the rest. Nothing leaves the machine: every
/// request goes to a proxy on a loopback port without a listener.
func fuzzCCalls(_ data: UnsafePointer<UInt8>?, _ size: Int) -> Int32 {
  let machine = Machine(UnsafeBufferPointer(start: data, count: size))
  machine.run()
  return 0
}

private let folder: String = {
  var template = Array("/tmp/imagesearch-fuzz-XXXXXX".utf8CString)
  return mkdtemp(&template).map { String(cString: $0) } ?? "/tmp"
}()

/// Images of noise, which the local index can distinguish.
private let files: [[UInt8]] = (1...3).map { seed in
  let side = 96
  var file: [UInt8] = [0x42, 0x4D] + little(54 + side * side * 3) + little(0) + little(54) + little(40)
  file += little(side) + little(side) + [1, 0, 24, 0] + little(0) + [UInt8](repeating: 0, count: 20)
  var state = UInt32(seed)
  for y in 0..<side {
    for x in 0..<side {
      if x % 7 == 0 || y % 5 == 0 { state = state &* 1_664_525 &+ 1_013_904_223 }
      file += [UInt8(state >> 24), UInt8(state >> 16 & 255), UInt8((x * 255 / side) & 255)]
    }
  }
  return file
}

private func little(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(value >> (8 * $0) & 255) } }

private final class Machine {
  private var rest: UnsafeBufferPointer<UInt8>.SubSequence
  private var clients: [OpaquePointer] = []
  private var pages: [OpaquePointer] = []
  private var operations: [OpaquePointer] = []
  private var queues: [OpaquePointer] = []
  private var iterations: [OpaquePointer] = []
  private var items: [OpaquePointer] = []
  private var images: [OpaquePointer] = []
  private var groups: [OpaquePointer] = []
  private var comparisons: [OpaquePointer] = []
  private var results: [OpaquePointer] = []
  private var quotas: [OpaquePointer] = []
  private var reports: [OpaquePointer] = []
  private var bytes: [OpaquePointer] = []
  private var errors: [OpaquePointer] = []
  private var allocations: [UnsafeMutableRawPointer] = []

  init(_ data: UnsafeBufferPointer<UInt8>) { rest = data[...] }

  deinit {
    operations.forEach { imagesearch_operation_free($0) }
    queues.forEach { imagesearch_queue_free($0) }
    iterations.forEach { imagesearch_pages_free($0) }
    items.forEach { imagesearch_items_free($0) }
    images.forEach { imagesearch_images_free($0) }
    groups.forEach { imagesearch_groups_free($0) }
    comparisons.forEach { imagesearch_comparison_free($0) }
    results.forEach { imagesearch_results_free($0) }
    clients.forEach { imagesearch_client_free($0) }
    pages.forEach { imagesearch_page_free($0) }
    quotas.forEach { imagesearch_quota_free($0) }
    reports.forEach { imagesearch_add_report_free($0) }
    bytes.forEach { imagesearch_bytes_free($0) }
    errors.forEach { imagesearch_error_free($0) }
    allocations.forEach { $0.deallocate() }
  }

  func run() {
    var steps = 0
    while !rest.isEmpty, steps < 48 {
      steps += 1
      step()
    }
  }

  // MARK: - Arguments

  private func byte() -> UInt8 { rest.popFirst() ?? 0 }
  private func below(_ count: Int) -> Int { count == 0 ? 0 : Int(byte()) % count }
  private func flag() -> Int32 { byte() > 200 ? 1 : 0 }
  private func choice() -> Int32 { byte() > 230 ? int32() : Int32(below(3)) }

  private func number() -> Int64 {
    switch byte() % 8 {
    case 0...3: 0
    case 4: Int64(byte())
    case 5: -Int64(byte())
    case 6: .max
    default: .min
    }
  }

  private func int32() -> Int32 { Int32(truncatingIfNeeded: number()) }

  private func seconds() -> Double {
    switch byte() % 8 {
    case 0...4: 0
    case 5: .nan
    case 6: -1
    default: Double(byte()) * 1e-4
    }
  }

  private func size<Struct>(_ type: Struct.Type) -> Int {
    byte() > 240 ? [0, 1, -1, MemoryLayout<Struct>.size - 8, .max][below(5)] : MemoryLayout<Struct>.size
  }

  /// NULL, a usual text, or any bytes without a zero.
  private func text(_ usual: String...) -> UnsafePointer<CChar>? {
    switch byte() % 8 {
    case 0...1: return nil
    case 2...6: return keep(Array(usual[below(usual.count)].utf8))
    default: return keep((0..<below(24)).map { _ in max(1, byte()) })
    }
  }

  private func keep(_ text: [UInt8]) -> UnsafePointer<CChar> {
    let copy = UnsafeMutablePointer<CChar>.allocate(capacity: text.count + 1)
    for (i, byte) in text.enumerated() { copy[i] = CChar(bitPattern: byte) }
    copy[text.count] = 0
    allocations.append(UnsafeMutableRawPointer(copy))
    return UnsafePointer(copy)
  }

  private func keep<Value: BitwiseCopyable>(_ values: [Value]) -> UnsafePointer<Value>? {
    guard !values.isEmpty else { return nil }
    let copy = UnsafeMutablePointer<Value>.allocate(capacity: values.count)
    copy.initialize(from: values, count: values.count)
    allocations.append(UnsafeMutableRawPointer(copy))
    return UnsafePointer(copy)
  }

  /// A live handle, or occasionally NULL.
  private func pick(_ handles: [OpaquePointer]) -> OpaquePointer? {
    handles.isEmpty || byte() > 250 ? nil : handles[below(handles.count)]
  }

  private func options() -> UnsafePointer<imagesearch_client_options>? {
    var options = imagesearch_client_options()
    options.struct_size = size(imagesearch_client_options.self)
    options.base_url = text("http://127.0.0.1:9/", "https://provider.example/rest/", "ftp://a", "http://[::1")
    options.total_timeout = 0.02
    options.base_delay = 0.0001
    options.connect_timeout = seconds()
    options.attempt_timeout = seconds()
    options.maximum_attempts = int32()
    options.maximum_concurrent = int32()
    options.requests_per_minute = int32()
    options.maximum_paid_calls = number()
    options.proxy = keep(Array("http://127.0.0.1:9".utf8))
    options.no_proxy = keep([])
    options.certificate_authority_file = text("/nowhere.pem")
    options.allow_private_addresses = flag()
    options.maximum_response_bytes = number()
    options.maximum_connections = int32()
    options.user_agent = text("fuzz", "")
    options.repeat_uncertain_paid_calls = flag()
    options.maximum_retry_after = seconds()
    options.replay_folder = byte() > 250 ? text("/nowhere") : nil
    if byte() > 128 {
      options.log_level = byte() > 128 ? 10 : int32()
      options.log = { event, _ in
        guard let event = event?.pointee, strlen(event.line) > 0, strlen(event.service) > 0 else { abort() }
      }
    }
    return keep([options])
  }

  private func call() -> UnsafePointer<imagesearch_call_options>? {
    guard byte() > 200 else { return nil }
    return keep([
      imagesearch_call_options(
        struct_size: size(imagesearch_call_options.self), connect_timeout: seconds(), attempt_timeout: seconds(),
        total_timeout: seconds(),
        progress: { progress, _ in
          guard let progress = progress?.pointee, strlen(progress.service) > 0, progress.attempt >= 0 else { abort() }
          return progress.sent_bytes == 3 ? 1 : 0
        }, progress_user_data: nil)
    ])
  }

  private func image() -> UnsafePointer<imagesearch_image>? {
    guard byte() < 250 else { return nil }
    var image = imagesearch_image()
    image.struct_size = size(imagesearch_image.self)
    switch byte() % 8 {
    case 0: image.url = text("https://images.example/a.jpg", "/search/x", "http://127.0.0.1/")
    case 1: image.path = text("/nowhere.jpg", folder, "/dev/null")
    case 2:
      let junk = (0..<below(64)).map { _ in byte() }
      image.bytes = keep(junk)
      image.byte_count = junk.count
    case 3:
      image.url = text("https://images.example/a.jpg")
      image.path = text("/nowhere.jpg")
      image.byte_count = Int(number())
    default:
      let content = files[below(files.count)]
      image.bytes = keep(content)
      image.byte_count = byte() > 240 ? below(content.count) : content.count
    }
    image.name = text("a", "b.jpg")
    return keep([image])
  }

  private func parameters(_ count: inout Int) -> UnsafePointer<imagesearch_parameter>? {
    let list = (0..<below(3)).map { _ in
      imagesearch_parameter(name: text("sort", "page_size", "IntAttr"), value: text("1", "score"))
    }
    count = byte() > 250 ? Int(number()) : list.count
    if count > list.count { return nil }
    return keep(list)
  }

  private func search() -> UnsafePointer<imagesearch_search_options>? {
    guard byte() > 100 else { return nil }
    var options = imagesearch_search_options()
    options.struct_size = size(imagesearch_search_options.self)
    options.limit = number()
    options.offset = number()
    options.minimum_score = seconds()
    options.minimum_confidence = seconds()
    options.category = text("mugs")
    options.region_x = number()
    options.region_y = number()
    options.region_width = number()
    options.region_height = number()
    options.relations = byte() > 220 ? UInt32(truncatingIfNeeded: number()) : 0
    options.effort = byte() > 220 ? int32() : 0
    options.population_size = byte() > 220 ? number() : 0
    options.mirrored = choice()
    options.parameters = parameters(&options.parameter_count)
    options.call = call()
    return keep([options])
  }

  private func items(_ count: inout Int) -> UnsafePointer<imagesearch_item>? {
    let list = (0..<below(3)).map { _ -> imagesearch_item in
      var item = imagesearch_item()
      item.struct_size = size(imagesearch_item.self)
      item.item_id = text("one", "two", "three")
      item.category = text("mugs")
      item.custom_content = text("blue")
      let images = (0..<below(3)).compactMap { _ in image()?.pointee }
      item.images = keep(images)
      item.image_count = images.count
      item.parameters = parameters(&item.parameter_count)
      return item
    }
    count = list.count
    return keep(list)
  }

  private func removals(_ count: inout Int) -> UnsafePointer<imagesearch_removal>? {
    let list = (0..<below(3)).map { _ in imagesearch_removal(item_id: text("one", "two"), image_name: text("a")) }
    count = list.count
    return keep(list)
  }

  private func match() -> OpaquePointer? {
    guard let page = pick(pages) else { return nil }
    return imagesearch_page_match(page, below(4))
  }

  // MARK: - Calls

  /// Makes a call that returns a handle: a status other than 0 must have an error and no handle, and 0 a handle and no error.
  private func make(
    _ handles: ReferenceWritableKeyPath<Machine, [OpaquePointer]>,
    _ call: (UnsafeMutablePointer<OpaquePointer?>?, UnsafeMutablePointer<OpaquePointer?>?) -> imagesearch_status
  ) {
    var error: OpaquePointer?
    var result: OpaquePointer?
    let wantsError = byte() < 240
    let status = withUnsafeMutablePointer(to: &error) { error in
      withUnsafeMutablePointer(to: &result) { call(wantsError ? error : nil, $0) }
    }
    guard (status == 0) == (result != nil), wantsError == false || (status == 0) == (error == nil) else { abort() }
    if let result { self[keyPath: handles].append(result) }
    keep(error, status)
  }

  private func keep(_ error: OpaquePointer?, _ status: imagesearch_status) {
    guard let error else { return }
    guard imagesearch_error_status(error) == status, strlen(imagesearch_error_message(error)) > 0 else { abort() }
    errors.append(error)
  }

  private func count(
    _ call: (UnsafeMutablePointer<OpaquePointer?>?, UnsafeMutablePointer<Int64>?) -> imagesearch_status
  ) {
    var error: OpaquePointer?
    var number: Int64 = 7
    let wantsNumber = byte() < 240
    let status = withUnsafeMutablePointer(to: &error) { error in
      withUnsafeMutablePointer(to: &number) { call(error, wantsNumber ? $0 : nil) }
    }
    guard (status == 0) == (error == nil) else { abort() }
    keep(error, status)
  }

  private func step() {
    switch byte() % 53 {
    case 0...2: open()
    case 3...5:
      make(\.pages) { imagesearch_search(pick(clients), image(), search(), $0, $1) }
    case 6:
      make(\.operations) { imagesearch_search_start(pick(clients), image(), search(), nil, nil, $0, $1) }
    case 7...8:
      var count = 0
      let list = items(&count)
      make(\.reports) { imagesearch_add_images(pick(clients), list, count, call(), $0, $1) }
    case 9:
      var count = 0
      let list = items(&count)
      make(\.operations) { imagesearch_add_images_start(pick(clients), list, count, call(), nil, nil, $0, $1) }
    case 10: make(\.quotas) { imagesearch_remaining_searches(pick(clients), call(), $0, $1) }
    case 11: make(\.quotas) { imagesearch_ensure_quota(pick(clients), number(), int32(), call(), $0, $1) }
    case 12: make(\.operations) { imagesearch_remaining_searches_start(pick(clients), call(), nil, nil, $0, $1) }
    case 13: count { imagesearch_image_count(pick(clients), call(), $0, $1) }
    case 14:
      var size = 0
      let list = removals(&size)
      count { imagesearch_remove_images(pick(clients), list, size, call(), $0, $1) }
    case 15: make(\.bytes) { imagesearch_overlay(pick(clients), image(), match(), int32(), call(), $0, $1) }
    case 16:
      make(\.operations) { imagesearch_overlay_start(pick(clients), image(), match(), 0, call(), nil, nil, $0, $1) }
    case 17: _ = imagesearch_operation_wait(pick(operations), seconds())
    case 18: imagesearch_operation_cancel(pick(operations))
    case 19: if !operations.isEmpty { imagesearch_operation_free(operations.remove(at: below(operations.count))) }
    case 20...21: take()
    case 22: imagesearch_client_close(pick(clients))
    case 23: if !clients.isEmpty { imagesearch_client_free(clients.remove(at: below(clients.count))) }
    case 24: if !pages.isEmpty { imagesearch_page_free(pages.remove(at: below(pages.count))) }
    case 25: readPage(pick(pages))
    case 26: readMatch(match())
    case 27: readReport(pick(reports))
    case 28: readError(pick(errors))
    case 29: make(\.iterations) { imagesearch_pages_open(pick(clients), image(), search(), $0, $1) }
    case 30: nextPage()
    case 31:
      make(\.operations) { imagesearch_pages_next_start(pick(iterations), call(), completion(), nil, $0, $1) }
    case 32: if queues.count < 4 { make(\.queues) { imagesearch_queue_open($0, $1) } }
    case 33: useQueue()
    case 34: make(\.quotas) { imagesearch_get_quota(pick(clients), call(), $0, $1) }
    case 35:
      make(\.reports) {
        imagesearch_local_index_add_file(pick(clients), text("/nowhere.jpg", "a.jpg"), text("one"), nil, call(), $0, $1)
      }
    case 36:
      make(\.operations) {
        imagesearch_local_index_add_folder_start(
          pick(clients), text(folder, "/nowhere"), nil, call(), { _, _ in 0 }, completion(), nil, $0, $1)
      }
    case 37:
      make(\.operations) { imagesearch_search_start(pick(clients), image(), search(), completion(), nil, $0, $1) }
    case 38:
      if items.count < 4 { make(\.items) { imagesearch_local_index_items_open(pick(clients), number(), 3, $0, $1) } }
    case 39: nextImages()
    case 40: make(\.images) { imagesearch_local_index_item(pick(clients), text("one", "two"), call(), $0, $1) }
    case 41: make(\.images) { imagesearch_local_index_same_bytes(pick(clients), image(), call(), $0, $1) }
    case 42: openGroups()
    case 43: nextGroup()
    case 44: compare()
    case 45: change()
    case 46: searchMany()
    case 47...48: startOfTheCollection()
    case 49: batch()
    case 50...51: encodedQuery()
    default:
      _ = strlen(imagesearch_status_name(int32()))
      _ = imagesearch_client_capabilities(pick(clients))
      if let quota = pick(quotas) {
        _ = imagesearch_quota_remaining(quota)
        var fields = imagesearch_quota_fields()
        imagesearch_quota_fields_init(&fields, MemoryLayout<imagesearch_quota_fields>.size)
        _ = imagesearch_quota_read(quota, &fields)
      }
    }
  }

  /// Does what a completion may do, which is anything.
  private func completion() -> imagesearch_completion? {
    switch byte() % 3 {
    case 0: nil
    case 1: { operation, _ in if imagesearch_operation_wait(operation, -1) == 0 { abort() } }
    default:
      { operation, _ in
        imagesearch_operation_cancel(operation)
        var page: OpaquePointer?
        if imagesearch_operation_take_page(operation, nil, &page) == 0 { imagesearch_page_free(page) }
      }
    }
  }

  /// At the end of the pages, there is neither a page nor an error.
  private func nextPage() {
    next { imagesearch_pages_next(pick(iterations), call(), $0, $1) }.map { pages.append($0) }
  }

  private func useQueue() {
    let queue = pick(queues)
    var error: OpaquePointer?
    let status = imagesearch_queue_add(queue, pick(operations), nil, &error)
    guard (status == 0) == (error == nil) else { abort() }
    keep(error, status)
    var ended: OpaquePointer?
    if imagesearch_queue_next(queue, 0, nil, &ended) == 0, !operations.contains(where: { $0 == ended }) { abort() }
    _ = imagesearch_queue_fd(queue)
    if byte() > 200, !queues.isEmpty { imagesearch_queue_free(queues.removeLast()) }
  }

  private func open() {
    switch byte() % 8 {
    case 0:
      var keys = imagesearch_tineye_options()
      keys.struct_size = size(imagesearch_tineye_options.self)
      keys.api_key = text("key")
      keys.public_key = text("public")
      keys.private_key = text("private")
      keys.upload_unfetched_images = flag()
      make(\.clients) { imagesearch_tineye_open(keep([keys]), options(), $0, $1) }
    case 1:
      var keys = imagesearch_alibaba_cloud_options()
      keys.struct_size = size(imagesearch_alibaba_cloud_options.self)
      keys.access_key_id = text("id")
      keys.access_key_secret = text("secret")
      keys.security_token = text("token")
      keys.instance = text("instance")
      keys.region = text("cn-shanghai", "nowhere")
      keys.endpoint = text("http://127.0.0.1:9", "provider.example")
      keys.open_platform_endpoint = text("provider.example")
      keys.version = [0, 20_180_120, 20_190_325, 20_201_214, 5][below(5)]
      keys.use_vpc = flag()
      keys.prepare_images = flag()
      make(\.clients) { imagesearch_alibaba_cloud_open(keep([keys]), options(), $0, $1) }
    case 2:
      var keys = imagesearch_tmapi_options()
      keys.struct_size = size(imagesearch_tmapi_options.self)
      keys.api_token = text("token")
      keys.token_in_query = flag()
      keys.endpoint = Int32(below(4))
      make(\.clients) { imagesearch_tmapi_open(keep([keys]), options(), $0, $1) }
    case 3:
      let list = (0..<below(4)).map { _ in pick(clients) }
      make(\.clients) { imagesearch_fallback_open(keep(list), list.count, $0, $1) }
    case 4:
      var local = imagesearch_local_index_options()
      local.struct_size = size(imagesearch_local_index_options.self)
      local.read_only = flag()
      local.create = choice()
      local.thumbnails = choice()
      local.threads = int32()
      local.thumbnail_side = int32()
      local.thumbnail_quality = int32()
      local.lock_timeout = seconds()
      local.maximum_image_bytes = number()
      local.maximum_pixels = number()
      make(\.clients) {
        imagesearch_local_index_open(keep(Array((folder + "/index").utf8)), keep([local]), options(), $0, $1)
      }
    default:
      make(\.clients) { imagesearch_local_index_open(keep(Array((folder + "/index").utf8)), nil, options(), $0, $1) }
    }
  }

  private func take() {
    let operation = pick(operations)
    switch byte() % 10 {
    case 9:
      next { imagesearch_operation_take_categories(operation, $0, $1) }.map { imagesearch_categories_free($0) }
    case 5: next { imagesearch_operation_take_images(operation, $0, $1) }.map { images.append($0) }
    case 6: next { imagesearch_operation_take_group(operation, $0, $1) }.map { imagesearch_group_free($0) }
    case 7: make(\.comparisons) { imagesearch_operation_take_comparison(operation, $0, $1) }
    case 8:
      make(\.results) { imagesearch_operation_take_results(operation, $0, $1) }
      readResults()
    case 0: make(\.pages) { imagesearch_operation_take_page(operation, $0, $1) }
    case 1: make(\.reports) { imagesearch_operation_take_report(operation, $0, $1) }
    case 2: make(\.quotas) { imagesearch_operation_take_quota(operation, $0, $1) }
    case 3: make(\.bytes) { imagesearch_operation_take_bytes(operation, $0, $1) }
    default: count { imagesearch_operation_take_count(operation, $0, $1) }
    }
  }

  private func searchMany() {
    var many = imagesearch_many_options()
    many.struct_size = size(imagesearch_many_options.self)
    many.concurrent = number()
    many.maximum_paid_calls = number()
    let list = (0..<below(4)).compactMap { _ in image()?.pointee }
    let (images, options, count) = (keep(list), keep([many]), byte() > 250 ? Int(number()) : list.count)
    // A wrong count is the caller's fault, unless the array is NULL.
    guard images == nil || count == list.count else { return }
    if byte() > 128 {
      make(\.results) {
        imagesearch_search_many(pick(clients), images, count, search(), options, { _, _ in 0 }, nil, $0, $1)
      }
      readResults()
    } else {
      make(\.operations) {
        imagesearch_search_many_start(
          pick(clients), images, count, search(), options, { _, _ in 0 }, completion(), nil, $0, $1)
      }
    }
  }

  private func readResults() {
    let results = pick(results)
    let count = imagesearch_results_count(results)
    var failed = 0
    for i in 0..<count {
      let (page, error) = (imagesearch_results_page(results, i), imagesearch_results_error(results, i))
      guard (page == nil) != (error == nil) else { abort() }
      if error != nil { failed += 1 }
      readPage(page)
    }
    guard failed == imagesearch_results_failed_count(results), imagesearch_results_page(results, count) == nil else {
      abort()
    }
  }

  /// A handle, or neither a handle nor an error at the end.
  private func next(
    _ call: (UnsafeMutablePointer<OpaquePointer?>?, UnsafeMutablePointer<OpaquePointer?>?) -> imagesearch_status
  ) -> OpaquePointer? {
    var error: OpaquePointer?
    var found: OpaquePointer?
    let status = call(&error, &found)
    guard (status == 0) == (error == nil), status == 0 || found == nil else { abort() }
    keep(error, status)
    return found
  }

  // MARK: - The collection

  private func batchOptions() -> UnsafePointer<imagesearch_batch_options>? {
    guard byte() > 60 else { return nil }
    var batch = imagesearch_batch_options()
    batch.struct_size = size(imagesearch_batch_options.self)
    batch.category = text("mugs")
    batch.custom_content = text("blue")
    batch.prefix = text("shop/")
    batch.recursive = choice()
    batch.item_per_folder = flag()
    batch.transaction_size = int32()
    batch.threads = int32()
    batch.read_unchanged_files = flag()
    batch.prune = flag()
    return keep([batch])
  }

  /// The calls for many images at once.
  private func batch() {
    let (client, options) = (pick(clients), batchOptions())
    var count = 0
    switch byte() % 6 {
    case 0:
      let list = items(&count)
      make(\.reports) {
        imagesearch_local_index_add_items(client, list, count, options, call(), { _, _ in 0 }, nil, $0, $1)
      }
    case 1:
      let list = items(&count)
      make(\.operations) {
        imagesearch_local_index_add_items_start(client, list, count, options, call(), nil, completion(), nil, $0, $1)
      }
    case 2:
      make(\.reports) {
        imagesearch_local_index_add_folder(client, text(folder, "/nowhere"), options, call(), nil, nil, $0, $1)
      }
    case 3: make(\.reports) { imagesearch_local_index_rebuild(client, call(), nil, nil, $0, $1) }
    case 4: make(\.operations) { imagesearch_local_index_rebuild_start(client, call(), nil, completion(), nil, $0, $1) }
    default:
      var copy = imagesearch_copy_options()
      copy.struct_size = size(imagesearch_copy_options.self)
      copy.target = text("elsewhere")
      copy.send_thumbnails = flag()
      copy.call_size = int32()
      let target = pick(clients)
      make(\.reports) { imagesearch_local_index_copy(client, target, keep([copy]), call(), nil, nil, $0, $1) }
    }
    if let report = pick(reports) {
      guard imagesearch_add_report_failed_count(report) <= imagesearch_add_report_count(report) else { abort() }
      _ = imagesearch_add_report_skipped_count(report) + imagesearch_add_report_pruned_count(report)
    }
  }

  /// The calls of the collection in the background.
  private func startOfTheCollection() {
    let (client, id, name, end) = (pick(clients), text("one", "two"), text("a", "b.jpg"), completion())
    switch byte() % 20 {
    case 0: make(\.operations) { imagesearch_items_next_start(pick(items), call(), end, nil, $0, $1) }
    case 1: make(\.operations) { imagesearch_local_index_item_start(client, id, call(), end, nil, $0, $1) }
    case 2: make(\.operations) { imagesearch_local_index_same_bytes_start(client, image(), call(), end, nil, $0, $1) }
    case 3: make(\.operations) { imagesearch_local_index_contains_start(client, id, name, call(), end, nil, $0, $1) }
    case 4: make(\.operations) { imagesearch_local_index_count_start(client, text("mugs"), call(), end, nil, $0, $1) }
    case 5: make(\.operations) { imagesearch_local_index_thumbnail_start(client, id, name, call(), end, nil, $0, $1) }
    case 6:
      make(\.operations) { imagesearch_local_index_search_stored_start(client, id, name, search(), end, nil, $0, $1) }
    case 7: make(\.operations) { imagesearch_local_index_update_start(client, id, name, nil, call(), end, nil, $0, $1) }
    case 8:
      make(\.operations) {
        imagesearch_local_index_prune_start(client, text(folder, "/nowhere"), flag(), call(), end, nil, $0, $1)
      }
    case 9: make(\.operations) { imagesearch_groups_next_start(pick(groups), end, nil, $0, $1) }
    case 10:
      make(\.operations) {
        imagesearch_local_index_compare_start(client, subject(), subject(), call(), end, nil, $0, $1)
      }
    case 11: make(\.operations) { imagesearch_get_quota_start(client, call(), end, nil, $0, $1) }
    case 12: make(\.operations) { imagesearch_image_count_start(client, call(), end, nil, $0, $1) }
    case 13: make(\.operations) { imagesearch_local_index_categories_start(client, call(), end, nil, $0, $1) }
    case 14:
      make(\.operations) {
        imagesearch_local_index_compare_overlay_start(client, subject(), subject(), int32(), call(), end, nil, $0, $1)
      }
    case 15:
      let target = pick(clients)
      make(\.operations) { imagesearch_local_index_copy_start(client, target, nil, call(), nil, end, nil, $0, $1) }
    case 16:
      let path = text(folder + "/index", "/nowhere")
      make(\.operations) { imagesearch_local_index_rebuild_at_start(path, call(), { _, _ in 0 }, end, nil, $0, $1) }
    case 17:
      var size = 0
      let list = removals(&size)
      make(\.operations) { imagesearch_remove_images_start(client, list, size, call(), end, nil, $0, $1) }
    case 18: make(\.operations) { imagesearch_ensure_quota_start(client, number(), int32(), call(), end, nil, $0, $1) }
    default:
      make(\.operations) {
        imagesearch_local_index_add_file_start(
          client, text("/nowhere.jpg"), id, batchOptions(), call(), end, nil, $0, $1)
      }
    }
  }

  /// Encoded queries, and arbitrary bytes as encoded queries.
  private func encodedQuery() {
    make(\.bytes) { imagesearch_local_index_encode_query(pick(clients), image(), search(), Int32(below(3)), $0, $1) }
    make(\.operations) {
      imagesearch_local_index_encode_query_start(pick(clients), image(), search(), 0, completion(), nil, $0, $1)
    }
    var length = 0
    var query = imagesearch_bytes_data(pick(bytes), &length)
    if query == nil || byte() > 200 {
      let junk = (0..<below(80)).map { _ in byte() }
      (query, length) = (keep(junk), junk.count)
    } else if byte() > 128 {
      var changed = [UInt8](UnsafeBufferPointer(start: query, count: length))
      for _ in 0...below(4) where !changed.isEmpty { changed[(below(256) << 8 | below(256)) % changed.count] = byte() }
      changed.removeLast(below(min(64, changed.count)))
      (query, length) = (keep(changed), changed.count)
    }
    make(\.bytes) { imagesearch_local_index_compact_query(query, length, $0, $1) }
    make(\.pages) { imagesearch_local_index_search_encoded(pick(clients), query, length, search(), $0, $1) }
    make(\.operations) {
      imagesearch_local_index_search_encoded_start(pick(clients), query, length, search(), completion(), nil, $0, $1)
    }
    if byte() > 250 {
      make(\.pages) {
        imagesearch_local_index_search_encoded(pick(clients), query, Int(min(-1, number())), search(), $0, $1)
      }
    }
  }

  private func nextImages() {
    guard imagesearch_images_checked_count(images.last) >= 0, imagesearch_images_count(nil) == 0 else { abort() }
    next { imagesearch_items_next(pick(items), call(), $0, $1) }.map { images.append($0) }
    var image = imagesearch_stored_image()
    imagesearch_stored_image_init(&image, MemoryLayout<imagesearch_stored_image>.size)
    guard imagesearch_images_read(pick(images), below(3), &image) == 0 else { return }
    guard strlen(image.item_id) > 0, strlen(image.sha256) == 64 else { abort() }
  }

  private func openGroups() {
    guard groups.count < 4 else { return }
    var options = imagesearch_group_options()
    options.struct_size = size(imagesearch_group_options.self)
    options.minimum_confidence = seconds()
    options.relations = byte() > 200 ? UInt32(truncatingIfNeeded: number()) : 0
    options.keep = byte() > 200 ? int32() : Int32(below(3))
    options.category = text("mugs")
    options.across_categories = choice()
    options.within_items = flag()
    options.added_since = seconds()
    options.limit = number()
    make(\.groups) {
      imagesearch_local_index_groups_open(pick(clients), keep([options]), call(), { _, _ in 0 }, nil, $0, $1)
    }
  }

  private func nextGroup() {
    let group = next { imagesearch_groups_next(pick(groups), $0, $1) }
    var member = imagesearch_group_member()
    imagesearch_group_member_init(&member, MemoryLayout<imagesearch_group_member>.size)
    var count = 0
    while imagesearch_group_read(group, count, &member) == 0 {
      guard strlen(member.image.pointee.item_id) > 0 else { abort() }
      count += 1
    }
    guard count == imagesearch_group_member_count(group) + imagesearch_group_related_count(group) else { abort() }
    imagesearch_group_free(group)
  }

  private func subject() -> UnsafePointer<imagesearch_subject>? {
    guard byte() < 250 else { return nil }
    var subject = imagesearch_subject()
    subject.struct_size = size(imagesearch_subject.self)
    subject.image = byte() > 128 ? image() : nil
    subject.item_id = subject.image == nil ? text("one", "two") : nil
    subject.image_name = subject.image == nil ? text("a", "b.jpg") : nil
    return keep([subject])
  }

  private func compare() {
    make(\.comparisons) { imagesearch_local_index_compare(pick(clients), subject(), subject(), call(), $0, $1) }
    make(\.bytes) {
      imagesearch_local_index_compare_overlay(pick(clients), subject(), subject(), int32(), call(), $0, $1)
    }
    countCategories()
    var fields = imagesearch_comparison_fields()
    imagesearch_comparison_fields_init(&fields, MemoryLayout<imagesearch_comparison_fields>.size)
    if imagesearch_comparison_read(comparisons.last, &fields) == 0, strlen(fields.explanation) == 0 { abort() }
  }

  private func countCategories() {
    var error: OpaquePointer?
    var categories: OpaquePointer?
    let status = imagesearch_local_index_categories(pick(clients), call(), &error, &categories)
    if (status == 0) != (error == nil) { abort() }
    var count = 0
    let list = UnsafeBufferPointer(start: imagesearch_categories_list(categories, &count), count: count)
    for category in list where strlen(category.name) == 0 { abort() }
    imagesearch_categories_free(categories)
    imagesearch_error_free(error)
  }

  private func change() {
    var update = imagesearch_update_options()
    update.struct_size = size(imagesearch_update_options.self)
    update.category = text("mugs", "")
    update.custom_content = text("red")
    update.remove_category = flag()
    let options = keep([update])
    count { imagesearch_local_index_update(pick(clients), text("one", "two"), text("a"), options, call(), $0, $1) }
    count { imagesearch_local_index_contains(pick(clients), text("one"), text("a"), call(), $0, $1) }
    count { imagesearch_local_index_count(pick(clients), text("mugs"), call(), $0, $1) }
    make(\.bytes) { imagesearch_local_index_thumbnail(pick(clients), text("one"), text("a"), call(), $0, $1) }
    make(\.images) { imagesearch_local_index_prune(pick(clients), nil, flag(), call(), $0, $1) }
    make(\.pages) { imagesearch_local_index_search_stored(pick(clients), text("one"), text("a"), search(), $0, $1) }
  }

  // MARK: - Reading

  private func readPage(_ page: OpaquePointer?) {
    var fields = imagesearch_page_fields()
    imagesearch_page_fields_init(&fields, MemoryLayout<imagesearch_page_fields>.size)
    let isRead = imagesearch_page_read(page, &fields) == 0
    guard isRead == (page != nil), fields.match_count == imagesearch_page_match_count(page) else { abort() }
    for i in 0..<fields.warning_count { _ = fields.warnings[i].map { strlen($0) } }
    var length = 0
    _ = imagesearch_page_raw(page, &length)
    _ = imagesearch_page_match(page, Int(number()))
  }

  private func readMatch(_ match: OpaquePointer?) {
    var fields = imagesearch_match_fields()
    fields.struct_size = size(imagesearch_match_fields.self)
    guard fields.struct_size <= MemoryLayout<imagesearch_match_fields>.size else { return }
    guard imagesearch_match_read(match, &fields) == 0 else { return }
    for i in 0..<fields.tag_count { _ = fields.tags[i].map { strlen($0) } }
    for i in 0..<fields.detail_count { _ = strlen(fields.details[i].name) + strlen(fields.details[i].value) }
    for i in 0..<fields.backlink_count { _ = fields.backlinks[i].page_url.map { strlen($0) } }
    _ = imagesearch_match_item_id(match).map { strlen($0) }
    _ = imagesearch_match_detail(match, text("IntAttr", "title"))
  }

  private func readReport(_ report: OpaquePointer?) {
    var entry = imagesearch_add_entry()
    imagesearch_add_entry_init(&entry, MemoryLayout<imagesearch_add_entry>.size)
    guard imagesearch_add_report_entry(report, byte() > 128 ? Int(number()) : below(3), &entry) == 0 else { return }
    guard strlen(entry.item_id) > 0, (1...4).contains(entry.outcome) else { abort() }
    guard (entry.outcome == 4) == (entry.error != nil) else { abort() }
    if let warning = entry.warning { _ = strlen(warning) }
    if let error = entry.error { readError(error) }
  }

  private func readError(_ error: OpaquePointer?) {
    var fields = imagesearch_error_fields()
    imagesearch_error_fields_init(&fields, MemoryLayout<imagesearch_error_fields>.size)
    guard imagesearch_error_read(error, &fields) == 0 else { return }
    _ = strlen(fields.message) + strlen(fields.service)
  }
}
