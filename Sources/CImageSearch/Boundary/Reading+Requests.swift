import CImageSearchHeader
import ImageSearch

extension Reading {
  /// Options of a call, which override those of its client.
  struct Options {
    var call: CallOptions
    var transfer: imagesearch_transfer_callback?
    var transferData: UnsafeMutableRawPointer?
  }

  static func call(_ pointer: UnsafePointer<imagesearch_call_options>?) throws -> Options {
    let options = try options(pointer, imagesearch_call_options())
    let call = CallOptions(
      connectTimeout: try seconds(options.connect_timeout, "connect_timeout"),
      attemptTimeout: try seconds(options.attempt_timeout, "attempt_timeout"),
      totalTimeout: try seconds(options.total_timeout, "total_timeout"))
    return Options(call: call, transfer: options.progress, transferData: options.progress_user_data)
  }

  static func unit(_ number: imagesearch_quota_unit) throws -> Quota.Unit {
    switch Int(number) {
    case IMAGESEARCH_UNIT_SEARCHES: .searches
    case IMAGESEARCH_UNIT_IMAGES: .images
    default: throw ImageSearchError(.invalidArgument, "unit is \(number); it must be one of IMAGESEARCH_UNIT_*")
    }
  }

  static func image(
    _ pointer: UnsafePointer<imagesearch_image>?, _ mode: CallMode
  ) throws -> ImageSource {
    guard pointer != nil else { throw ImageSearchError(.invalidArgument, "image is NULL") }
    return try image(options(pointer, imagesearch_image()), mode).source
  }

  static func images(
    _ pointer: UnsafePointer<imagesearch_image>?, _ count: Int, _ mode: CallMode
  ) throws -> [ImageSource] {
    try array(pointer, count, imagesearch_image(), "images") { try image($0, mode).source }
  }

  private static func image(
    _ image: imagesearch_image, _ mode: CallMode
  ) throws -> (source: ImageSource, name: String?) {
    let name = try text(image.name, "image.name")
    let count = try count(image.bytes, image.byte_count, "image.bytes")
    switch (try text(image.url, "image.url"), try path(image.path, mode), image.bytes) {
    case (let url?, nil, nil): return (.url(url), name)
    case (nil, let path?, nil): return (.file(pathBytes: path, name: name), name)
    case (nil, nil, let bytes?):
      let buffer = UnsafeRawBufferPointer(start: bytes, count: count)
      let source = ImageSource.borrowed(buffer, name: name)
      return (mode == .background ? try source.kept() : source, name)
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
      let value = try required(parameter.value, "the value of the parameter \(Validation.quoted(name))")
      guard parameters.updateValue(value, forKey: name) == nil else {
        throw ImageSearchError(.invalidArgument, "the parameter \(Validation.quoted(name)) is given twice")
      }
    }
    return parameters
  }

  static func search(
    _ image: UnsafePointer<imagesearch_image>?, _ pointer: UnsafePointer<imagesearch_search_options>?, _ mode: CallMode
  ) throws -> (request: SearchRequest, options: Options) {
    try search(Self.image(image, mode), pointer)
  }

  static func search(
    _ image: ImageSource, _ pointer: UnsafePointer<imagesearch_search_options>?
  ) throws -> (request: SearchRequest, options: Options) {
    let options = try options(pointer, imagesearch_search_options())
    try reserved(options.reserved)
    guard options.limit >= 0 else {
      throw ImageSearchError(.invalidArgument, "limit is \(options.limit); it must be at least 1, or 0 for the default")
    }
    var request = SearchRequest(image: image)
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
    try readLocal(options, &request)
    request.parameters = try parameters(options.parameters, options.parameter_count)
    return (request, try call(options.call))
  }

  /// Options that only a local index has.
  private static func readLocal(_ options: imagesearch_search_options, _ request: inout SearchRequest) throws {
    request.mirrored = try choice(options.mirrored, "mirrored", default: true)
    if options.population_size != 0 {
      try Validation.range("population_size", options.population_size, 1...Int64.max)
      request.populationSize = integer(options.population_size)
    }
    switch Int(options.effort) {
    case IMAGESEARCH_EFFORT_DEFAULT: break
    case IMAGESEARCH_EFFORT_FAST: request.effort = .fast
    case IMAGESEARCH_EFFORT_NORMAL: request.effort = .normal
    case IMAGESEARCH_EFFORT_THOROUGH: request.effort = .thorough
    default:
      throw ImageSearchError(
        .invalidArgument, "effort is \(options.effort); it must be one of IMAGESEARCH_EFFORT_*")
    }
    if options.relations != 0 { request.relations = try relations(options.relations) }
  }

  /// A set of relations from its bits.
  static func relations(_ bits: UInt32) throws -> Set<Match.Relation> {
    let known = Match.Relation.numbers.filter { bits & 1 << UInt32($0.value) != 0 }
    guard known.count == bits.nonzeroBitCount else {
      throw ImageSearchError(
        .invalidArgument, "relations is \(bits); it must be a sum of IMAGESEARCH_RELATION_BIT() of known relations")
    }
    return Set(known.keys)
  }

  static func items(
    _ pointer: UnsafePointer<imagesearch_item>?, _ count: Int, _ mode: CallMode
  ) throws -> [ImageItem] {
    try array(pointer, count, imagesearch_item(), "items") { item in
      let images = try array(item.images, item.image_count, imagesearch_image(), "images") { image in
        let (source, name) = try Self.image(image, mode)
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
  }

  static func removals(_ pointer: UnsafePointer<imagesearch_removal>?, _ count: Int) throws -> [RemoveRequest] {
    let count = try Self.count(pointer, count, "removals")
    try reserve(count, RemoveRequest.self, "removals")
    return try UnsafeBufferPointer(start: pointer, count: count).map { removal in
      RemoveRequest(
        itemID: try required(removal.item_id, "item_id"), imageName: try text(removal.image_name, "image_name"))
    }
  }

  static func style(_ number: imagesearch_overlay_style) throws -> OverlayStyle {
    guard let style = OverlayStyle(rawValue: number) else {
      throw ImageSearchError(.invalidArgument, "style is \(number); it must be one of IMAGESEARCH_OVERLAY_*")
    }
    return style
  }
}

extension Match.Relation {
  /// The numbers of the header; a relation that it does not have is unknown, 0.
  static let numbers: [Match.Relation: imagesearch_relation] = [
    .identical: Int32(IMAGESEARCH_RELATION_IDENTICAL), .reencoded: Int32(IMAGESEARCH_RELATION_REENCODED),
    .altered: Int32(IMAGESEARCH_RELATION_ALTERED), .partial: Int32(IMAGESEARCH_RELATION_PARTIAL),
    .shared: Int32(IMAGESEARCH_RELATION_SHARED),
  ]
}
