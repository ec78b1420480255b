/// Adding and removing one image at a time, typed.
extension AlibabaCloud {
  /// Adds an image, or replaces the one of the same product and name.
  ///
  /// - Throws: ``ImageSearchError``.
  @discardableResult
  public func addImage(_ request: AlibabaCloudAddRequest, options: CallOptions = .init()) async throws
    -> AlibabaCloudAddResponse
  {
    try await add(request, options).response
  }

  /// Adds an image and tells what happened to it on the way.
  func add(_ request: AlibabaCloudAddRequest, _ options: CallOptions) async throws
    -> (response: AlibabaCloudAddResponse, warning: String?)
  {
    try await additions.call("add image", options) { options in
      try request.validate(apiVersion)
      let ready = try await ready(request.image, options)
      var request = request
      request.region = try ready.region(request.region)
      request.image = ready.source
      let response = try await send(request, options)
      return (response, ready.warning)
    }
  }

  private func send(_ request: AlibabaCloudAddRequest, _ options: CallOptions) async throws -> AlibabaCloudAddResponse {
    switch apiVersion {
    case .v20201214:
      let form = request.form + [("PicContent", try await upload(request.image, options))]
      return try await perform(
        builder.instanceAction("AddImage", form: form), by: additions, part: "Code", options: options)
    case .v20190325:
      let content = try builder.content(form: request.form, image: try request.image.body())
      return try await send("/v2/image/add", content, by: additions, "Code", options)
    case .v20180120:
      let content = try builder.content(Self.packed([request]))
      return try await send("/item/add", content, by: additions, "Code", options)
    }
  }

  /// The body of 2018 for images of one product with the same category, text, crop and region; the keys in the order of the
  /// vendor's client.
  static func packed(_ requests: [AlibabaCloudAddRequest]) throws -> PackedBody {
    var body = PackedBody()
    guard let first = requests.first else { return body }
    try body.add("item_id", first.productID)
    if let categoryID = first.categoryID { try body.add("cat_id", String(categoryID)) }
    // The documents require the text, and the vendor's client sends an empty one.
    try body.add("cust_content", first.customContent ?? "")
    if let crop = first.crop { try body.add("crop", crop ? "true" : "false") }
    if let region = first.region { try body.add("region", AlibabaCloudLimits.text(region)) }
    for request in requests { try body.add(image: try request.image.body(), name: request.imageName) }
    try body.add(imageList: requests.map(\.imageName))
    return body
  }

  // MARK: - Removing

  /// Removes images; what is not there counts as removed.
  ///
  /// - Throws: ``ImageSearchError``.
  @discardableResult
  public func deleteImage(_ request: AlibabaCloudDeleteRequest, options: CallOptions = .init()) async throws
    -> AlibabaCloudDeleteResponse
  {
    try await removals.call("remove image", options) { options in
      try request.validate(apiVersion)
      switch apiVersion {
      case .v20201214:
        let action = builder.instanceAction("DeleteImage", form: request.form)
        return try await perform(action, by: removals, part: "Code", options: options)
      case .v20190325:
        return try await send(
          "/v2/image/delete", try builder.content(form: request.form), by: removals, "Code", options)
      case .v20180120:
        var body = PackedBody()
        try body.add("item_id", request.productID ?? "")
        // Without names all images of the product go; the vendor's client sends the empty list.
        try body.add(imageList: request.imageName.map { [$0] } ?? [])
        return try await send("/item/delete", try builder.content(body), by: removals, "Code", options)
      }
    }
  }

  /// See ``SearchService/removeImages(_:options:)``. The number is that of the names that the service answers with; only
  /// 2020-12-14 tells.
  public func removeImages(_ requests: [RemoveRequest], options: CallOptions) async throws -> Int? {
    try await removals.call("remove images", options, hasTimeoutForEach: true) { options in
      var count: Int? = 0
      for request in requests {
        let response = try await deleteImage(
          AlibabaCloudDeleteRequest(productID: request.itemID, imageName: request.imageName), options: options)
        if let known = count, let names = response.imageNames { count = known + names.count } else { count = nil }
      }
      return count
    }
  }
}
