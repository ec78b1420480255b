import Synchronization

/// Adding one image: `AddImage`, `/v2/image/add`, `/item/add`. The pair (product id, image name) is its identity: adding it
/// again replaces it.
public struct AlibabaCloudAddRequest: Sendable {
  /// The product, 1–512 characters.
  public var productID: String
  /// The image's name within the product, 1–512 characters.
  public var imageName: String
  /// The image.
  public var image: ImageSource
  /// The category; required by product search of 2018; generic search has only 88888888. `nil` lets the service choose.
  public var categoryID: Int?
  /// Whether the service finds the subject of the image itself; `nil` for its default, true.
  public var crop: Bool?
  /// The subject of the image; overrides ``crop``.
  public var region: PixelRect?
  /// Text that is returned with every match, at most 4096 characters.
  public var customContent: String?
  /// Attributes to filter by; 2019 has the first of each kind, 2018 none.
  public var attributes = AlibabaCloudAttributes()

  /// An image of a product.
  public init(productID: String, imageName: String, image: ImageSource) {
    self.productID = productID
    self.imageName = imageName
    self.image = image
  }

  /// An image of a service-independent item, whose parameters are `Crop`, `Region` and the names of
  /// ``AlibabaCloudAttributes``.
  ///
  /// - Throws: ``ImageSearchError/Code/invalidArgument`` for an unknown parameter or value.
  public init(_ item: ImageItem, _ image: ImageItem.Image) throws {
    self.init(productID: item.itemID, imageName: image.name, image: image.source)
    customContent = item.customContent
    categoryID = try item.category.map { try Validation.integer("category", $0) }
    for (name, value) in item.parameters {
      if try attributes.set(name, value) { continue }
      switch name {
      case "Crop": crop = try Validation.flag(name, value)
      case "Region": region = try AlibabaCloudLimits.region(value)
      default:
        throw Validation.unknownParameter(
          name, of: "an item of AlibabaCloud", known: ["Crop", "Region"] + AlibabaCloudAttributes.names)
      }
    }
  }

  func validate(_ version: AlibabaCloud.Version) throws {
    try AlibabaCloudLimits.productID(productID)
    try AlibabaCloudLimits.imageName(imageName)
    try AlibabaCloudLimits.category(categoryID)
    try AlibabaCloudLimits.customContent(customContent)
    try AlibabaCloudLimits.region(region, in: nil)
    try attributes.validate()
    let allowed: Set<String>
    switch version {
    case .v20180120: allowed = []
    case .v20190325: allowed = ["IntAttr", "StrAttr"]
    case .v20201214: return
    }
    if let name = attributes.pairs.map(\.name).first(where: { !allowed.contains($0) }) {
      throw ImageSearchError(.unsupported, "the API version \(version.rawValue) has no \(name)")
    }
  }

  /// Everything except the instance and the image, by the names of 2019 and 2020.
  var form: [(name: String, value: String)] {
    var list = [(name: "ProductId", value: productID), (name: "PicName", value: imageName)]
    if let categoryID { list.append(("CategoryId", String(categoryID))) }
    if let crop { list.append(("Crop", crop ? "true" : "false")) }
    if let region { list.append(("Region", AlibabaCloudLimits.text(region))) }
    if let customContent { list.append(("CustomContent", customContent)) }
    return list + attributes.pairs
  }
}

// MARK: - Adding

extension AlibabaCloud {
  /// A request with the index of its image in the report.
  private typealias Placed = (place: Int, request: AlibabaCloudAddRequest)

  /// Number of items added concurrently; the limiter controls the rate.
  private static let concurrentItems = 4

  /// Adds an image, or replaces the one of the same product and name.
  ///
  /// - Throws: ``ImageSearchError``.
  @discardableResult
  public func addImage(_ request: AlibabaCloudAddRequest, options: CallOptions = .init()) async throws
    -> AlibabaCloudAddResponse
  {
    try await addOne(request, options).response
  }

  /// See ``SearchService/addImages(_:options:)``.
  ///
  /// Items are added concurrently, the images of one item one after the other; 2018-01-20 sends as many of them in one
  /// request as fit, and one by one if the service refuses them together. An error that concerns the account (a wrong
  /// key, no capacity left) ends the run: the call throws it if no image was added and none failed for another reason;
  /// otherwise the images that were not sent are in the report with that error.
  public func addImages(_ items: [ImageItem], options: CallOptions) async throws -> AddReport {
    try await additions.call("add images", options, hasTimeoutForEach: true) { options in
      let run = try AlibabaCloudAddRun(items)
      var waiting = run.itemsByID[...]
      await withTaskGroup(of: Void.self) { group in
        func start(_ items: [Int]) {
          group.addTask { for item in items { await self.addItem(item, of: run, options) } }
        }
        for items in waiting.prefix(Self.concurrentItems) { start(items) }
        waiting = waiting.dropFirst(Self.concurrentItems)
        while await group.next() != nil {
          if let items = waiting.popFirst() { start(items) }
        }
      }
      return try run.report()
    }
  }

  /// Adds the images of one item, one after the other or, in 2018, as many in a request as fit.
  private func addItem(_ index: Int, of run: AlibabaCloudAddRun, _ options: CallOptions) async {
    let item = run.items[index]
    var batch: [Placed] = []
    var length = 0
    for (place, image) in zip(run.firstPlaces[index]..., item.images) where run.stop == nil {
      do {
        let request = try AlibabaCloudAddRequest(item, image)
        guard apiVersion == .v20180120 else {
          run.added(at: place, warning: try await addOne(request, options).warning)
          continue
        }
        let (ready, byteCount, warning) = try await prepare(request, options)
        run.warn(warning, at: place)
        let space = PackedBody.space(forImageOf: byteCount, name: ready.imageName)
        // The images of a request have the same region and different names, and the whole stays below the service's
        // limit.
        let isAlike = batch.allSatisfy { $0.request.region == ready.region && $0.request.imageName != ready.imageName }
        if !isAlike || length + space > AlibabaCloudLimits.packedBody {
          await addTogether(batch, of: run, options)
          batch = []
        }
        // An upper bound of the text and the other keys.
        length = (batch.isEmpty ? 20_000 : length) + space
        batch.append((place, ready))
      } catch {
        run.failed(at: place, additions.reported(error))
      }
    }
    await addTogether(batch, of: run, options)
  }

  private func addOne(_ request: AlibabaCloudAddRequest, _ options: CallOptions) async throws
    -> (response: AlibabaCloudAddResponse, warning: String?)
  {
    try await additions.call("add image", options) { options in
      let (ready, _, warning) = try await prepare(request, options)
      return (try await sendAdd([ready], options), warning)
    }
  }

  /// Adds images of one item with one request of 2018; one by one if the service refuses them together, because one of
  /// them may be to blame and the response does not say which.
  private func addTogether(_ batch: [Placed], of run: AlibabaCloudAddRun, _ options: CallOptions) async {
    guard !batch.isEmpty, run.stop == nil else { return }
    do {
      let requests = batch.map(\.request)
      _ = try await additions.call("add images", options) { options in try await sendAdd(requests, options) }
      for (place, _) in batch { run.added(at: place) }
    } catch {
      let failure = additions.reported(error)
      if batch.count > 1, failure.httpStatus != nil, !AlibabaCloudAddRun.concernsAll(failure) {
        for one in batch { await addTogether([one], of: run, options) }
      } else {
        for (place, _) in batch { run.failed(at: place, failure) }
      }
    }
  }

  /// Checks a request and prepares its image for sending.
  private func prepare(_ request: AlibabaCloudAddRequest, _ options: CallOptions) async throws
    -> (request: AlibabaCloudAddRequest, byteCount: Int, warning: String?)
  {
    try request.validate(apiVersion)
    var request = request
    let (header, warning) = try await prepareImage(&request.image, region: &request.region, options)
    return (request, header.byteCount, warning)
  }

  /// - Parameter requests: one, or in 2018 several with the same product, category, text, crop and region.
  private func sendAdd(_ requests: [AlibabaCloudAddRequest], _ options: CallOptions) async throws
    -> AlibabaCloudAddResponse
  {
    guard let request = requests.first else {
      throw ImageSearchError(.internalFailure, "an add without an image")
    }
    switch apiVersion {
    case .v20201214:
      let form = request.form + [("PicContent", try await upload(request.image, options))]
      return try await perform(
        builder.instanceAction("AddImage", form: form), by: additions, requiring: "Code", options)
    case .v20190325:
      let (body, md5) = try builder.form(request.form, image: try request.image.body())
      return try await post("/v2/image/add", body, md5: md5, by: additions, requiring: "Code", options)
    case .v20180120:
      let body = try PackedBody(adding: requests)
      return try await post("/item/add", body, md5: body.digest(.md5), by: additions, requiring: "Code", options)
    }
  }
}

/// The images of an add call and their outcomes so far, shared by the items that are being added.
final class AlibabaCloudAddRun: Sendable {
  private struct State {
    var outcomes: [AddReport.Outcome?]
    var warnings: [Int: String] = [:]
    var stop: ImageSearchError?
  }

  let items: [ImageItem]
  /// The index in the report of the first image of each item.
  let firstPlaces: [Int]
  /// Items grouped by id. Items with the same id are added one after the other, so that of two images of the same name
  /// the later one stays.
  let itemsByID: [[Int]]
  private let state: Mutex<State>

  /// - Throws: ``ImageSearchError/Code/invalidArgument`` for an item without images.
  init(_ items: [ImageItem]) throws {
    var firstPlaces: [Int] = []
    var count = 0
    var groups: [[Int]] = []
    var groupOfID: [String: Int] = [:]
    for (index, item) in items.enumerated() {
      guard !item.images.isEmpty else {
        throw ImageSearchError(
          .invalidArgument, "the item \(Validation.quoted(item.itemID)) has no image; it must have at least one")
      }
      firstPlaces.append(count)
      count += item.images.count
      if let group = groupOfID[item.itemID] {
        groups[group].append(index)
      } else {
        groupOfID[item.itemID] = groups.count
        groups.append([index])
      }
    }
    self.items = items
    self.firstPlaces = firstPlaces
    itemsByID = groups
    state = Mutex(State(outcomes: Array(repeating: nil, count: count)))
  }

  /// The error because of which nothing more is sent, if any.
  var stop: ImageSearchError? { state.withLock { $0.stop } }

  func warn(_ warning: String?, at place: Int) { state.withLock { $0.warnings[place] = warning } }

  func added(at place: Int, warning: String? = nil) {
    state.withLock { state in
      state.outcomes[place] = .added
      if let warning { state.warnings[place] = warning }
    }
  }

  func failed(at place: Int, _ error: ImageSearchError) {
    state.withLock { state in
      state.outcomes[place] = .failed(error)
      if state.stop == nil, Self.concernsAll(error) { state.stop = error }
    }
  }

  /// - Throws: the error that stopped the run, if no image was added and none failed for another reason.
  func report() throws -> AddReport {
    let state = state.withLock { $0 }
    if let stop = state.stop {
      let isAlone = state.outcomes.allSatisfy { outcome in
        guard let outcome else { return true }
        if case .failed(let error) = outcome { return error.code == stop.code }
        return false
      }
      if isAlone { throw stop }
    }
    var unsent = state.stop ?? ImageSearchError(.internalFailure, "the image was not tried")
    unsent.attempts = 0
    var entries: [AddReport.Entry] = []
    for item in items {
      for image in item.images {
        let outcome = state.outcomes[entries.count] ?? .failed(unsent)
        var entry = AddReport.Entry(itemID: item.itemID, imageName: image.name, outcome: outcome)
        if entry.error == nil { entry.warning = state.warnings[entries.count] }
        entries.append(entry)
      }
    }
    return AddReport(entries: entries)
  }

  /// Whether the next image would fail for the same reason, which lies with the account or the caller, not with the
  /// image (docs/sources/alibaba-image-search.md, section 7, "S stop the run").
  static func concernsAll(_ error: ImageSearchError) -> Bool {
    let codes: Set<ImageSearchError.Code> = [
      .unauthorized, .signatureRejected, .clockSkew, .permissionDenied, .capacityReached, .instanceUnavailable,
      .wrongEndpoint, .closed, .cancelled,
    ]
    return codes.contains(error.code)
  }
}
