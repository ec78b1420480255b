import CImageSearchHeader
import ImageSearch

extension Reading {
  static func call(_ pointer: UnsafePointer<imagesearch_call_options>?) throws -> CallOptions {
    let options = try options(
      pointer, imagesearch_call_options(), minimumSize: MemoryLayout<imagesearch_call_options>.size,
      "imagesearch_call_options")
    var call = CallOptions(
      connectTimeout: try duration(options.connect_timeout, "connect_timeout"),
      attemptTimeout: try duration(options.attempt_timeout, "attempt_timeout"),
      totalTimeout: try duration(options.deadline, "deadline"))
    if let callback = options.transfer {
      // The header demands that the callback may be called on any thread and outlives the call.
      nonisolated(unsafe) let userData = options.transfer_user_data
      call.progress = { $0.pass(to: callback, userData) }
    }
    return call
  }

  static func unit(_ number: Int32) throws -> Quota.Unit {
    switch number {
    case Int32(IMAGESEARCH_UNIT_SEARCHES): return .searches
    case Int32(IMAGESEARCH_UNIT_IMAGES): return .images
    default: throw ImageSearchError(.invalidArgument, "unit is \(number); it must be one of IMAGESEARCH_UNIT_*")
    }
  }

  /// - Parameter copying: whether the call goes on after the export has returned.
  static func image(_ pointer: UnsafePointer<imagesearch_image>?, copying: Bool) throws -> (
    source: ImageSource, name: String?
  ) {
    guard pointer != nil else { throw ImageSearchError(.invalidArgument, "image is NULL") }
    let image = try options(
      pointer, imagesearch_image(), minimumSize: MemoryLayout<imagesearch_image>.size, "imagesearch_image")
    let name = try text(image.name, "image.name")
    let count = try count(image.bytes, image.byte_count, "image.bytes")
    switch (try text(image.url, "image.url"), try text(image.path, "image.path"), image.bytes) {
    case (let url?, nil, nil): return (.url(url), name)
    case (nil, let path?, nil): return (.file(path, name: name), name)
    case (nil, nil, let bytes?):
      let buffer = UnsafeRawBufferPointer(start: bytes, count: count)
      return (copying ? .bytes(Array(buffer), name: name) : .borrowed(buffer, name: name), name)
    default:
      throw ImageSearchError(
        .invalidArgument, "exactly one of url, path and bytes of an imagesearch_image must be given")
    }
  }

  static func parameters(_ pointer: UnsafePointer<imagesearch_parameter>?, _ count: Int) throws -> [String: String] {
    var parameters: [String: String] = [:]
    let count = try Self.count(pointer, count, "parameters")
    guard count <= 1000 else {
      throw ImageSearchError(.invalidArgument, "there are \(count) parameters; the limit is 1000")
    }
    guard let pointer else { return parameters }
    for parameter in UnsafeBufferPointer(start: pointer, count: count) {
      let name = try required(parameter.name, "a parameter's name")
      let value = try required(parameter.value, "the value of the parameter \"\(name)\"")
      guard parameters.updateValue(value, forKey: name) == nil else {
        throw ImageSearchError(.invalidArgument, "the parameter \"\(name)\" is given twice")
      }
    }
    return parameters
  }

  static func search(
    _ image: UnsafePointer<imagesearch_image>?, _ pointer: UnsafePointer<imagesearch_search_options>?, copying: Bool
  ) throws -> (request: SearchRequest, call: CallOptions) {
    let options = try options(
      pointer, imagesearch_search_options(), minimumSize: MemoryLayout<imagesearch_search_options>.size,
      "imagesearch_search_options")
    guard options.limit >= 0 else {
      throw ImageSearchError(.invalidArgument, "limit is \(options.limit); it must be at least 1, or 0 for the default")
    }
    var request = SearchRequest(image: try Self.image(image, copying: copying).source)
    request.limit = options.limit == 0 ? nil : integer(options.limit)
    request.offset = integer(options.offset)
    try Validation.range("minimum_score", options.minimum_score, 0...100)
    try Validation.range("minimum_confidence", options.minimum_confidence, 0...1)
    request.minimumScore = positive(options.minimum_score)
    request.minimumConfidence = positive(options.minimum_confidence)
    request.category = try text(options.category, "category")
    if options.region_width != 0 || options.region_height != 0 {
      request.region = PixelRect(
        x: integer(options.region_x), y: integer(options.region_y), width: integer(options.region_width),
        height: integer(options.region_height))
    }
    request.parameters = try parameters(options.parameters, options.parameter_count)
    return (request, try call(options.call))
  }

  static func items(
    _ pointer: UnsafePointer<UnsafePointer<imagesearch_item>?>?, _ count: Int, copying: Bool
  ) throws -> [ImageItem] {
    let count = try Self.count(pointer, count, "items")
    return try UnsafeBufferPointer(start: pointer, count: count).map { try item($0, copying: copying) }
  }

  private static func item(_ pointer: UnsafePointer<imagesearch_item>?, copying: Bool) throws -> ImageItem {
    guard pointer != nil else { throw ImageSearchError(.invalidArgument, "an item is NULL") }
    let item = try options(
      pointer, imagesearch_item(), minimumSize: MemoryLayout<imagesearch_item>.size, "imagesearch_item")
    let count = try Self.count(item.images, item.image_count, "images")
    let images = try UnsafeBufferPointer(start: item.images, count: count).map { pointer in
      let (source, name) = try Self.image(pointer, copying: copying)
      guard let name = name ?? source.fileName else {
        throw ImageSearchError(.invalidArgument, "an image to add has no name")
      }
      return ImageItem.Image(name: name, source: source)
    }
    return ImageItem(
      itemID: try required(item.item_id, "item_id"), images: images, category: try text(item.category, "category"),
      customContent: try text(item.custom_content, "custom_content"),
      parameters: try parameters(item.parameters, item.parameter_count))
  }

  static func removals(_ pointer: UnsafePointer<imagesearch_removal>?, _ count: Int) throws -> [RemoveRequest] {
    let count = try Self.count(pointer, count, "removals")
    return try UnsafeBufferPointer(start: pointer, count: count).map { removal in
      RemoveRequest(
        itemID: try required(removal.item_id, "item_id"), imageName: try text(removal.image_name, "image_name"))
    }
  }

  static func overlay(
    _ query: UnsafePointer<imagesearch_image>?, _ match: OpaquePointer?, _ style: Int32, copying: Bool
  ) throws -> (query: ImageSource?, match: Match, style: OverlayStyle) {
    guard let match = MatchHandle.of(match)?.match else { throw ImageSearchError(.invalidArgument, "match is NULL") }
    guard let style = OverlayStyle(rawValue: style) else {
      throw ImageSearchError(.invalidArgument, "style is \(style); it must be one of IMAGESEARCH_OVERLAY_*")
    }
    return (query == nil ? nil : try Self.image(query, copying: copying).source, match, style)
  }
}
