/// Searching.
extension AlibabaCloud {
  /// Finds images like the given one, by name, by text or by filter, best first.
  ///
  /// An image is checked before anything is sent: at most 4 MiB, 100–4096 pixels a side, PNG, JPEG, BMP, GIF, WEBP, TIFF or
  /// PPM, upright (docs/sources/alibaba-image-search.md, section 6).
  /// - Throws: ``ImageSearchError``. No match is an empty list and not an error.
  public func search(_ request: AlibabaCloudSearchRequest, options: CallOptions = .init()) async throws
    -> AlibabaCloudSearchResponse
  {
    try await searches.call("search", options) { options in
      try request.validate(apiVersion)
      var request = request
      var image: ImageSource?
      if case .image(let source) = request.query {
        let ready = try await ready(source, options)
        request.region = try ready.region(request.region)
        image = ready.source
      }
      switch apiVersion {
      case .v20201214:
        var form = request.form
        if let image { form.append(("PicContent", try await upload(image, options))) }
        let action = builder.instanceAction(request.action, query: request.queryParameters, form: form)
        return try await perform(action, by: searches, part: "Auctions", options: options)
      case .v20190325:
        // `SearchByPic` is the default, and the vendor's client leaves it out.
        let type = image == nil ? [(name: "Type", value: "SearchByName")] : []
        let content = try builder.content(form: type + request.form, image: try image?.body())
        return try await send("/v2/image/search", content, by: searches, "Auctions", options)
      case .v20180120:
        guard let image else { throw ImageSearchError(.internalFailure, "a search of 2018 without an image") }
        let content = try builder.content(Self.packed(request, image))
        return try await send("/item/search", content, by: searches, "Auctions", options)
      }
    }
  }

  /// A call before 2020; in 2018 the instance is named in the query.
  func send<Response: AlibabaCloudResponse>(
    _ path: String, _ content: AlibabaCloudRequestBuilder.Content, by caller: ServiceCaller, _ part: String,
    _ options: CallOptions
  ) async throws -> Response {
    let query = apiVersion == .v20180120 ? [(name: "instanceName", value: builder.instance)] : []
    return try await perform(path, by: caller, part: part, options: options) { [builder] in
      try builder.request(path: path, query: query, content)
    }
  }

  /// The keys in the order of the vendor's client, which names the image `searchPic`.
  private static func packed(_ request: AlibabaCloudSearchRequest, _ image: ImageSource) throws -> PackedBody {
    var body = PackedBody()
    try body.add("s", String(request.start))
    try body.add("n", String(request.count ?? AlibabaCloudLimits.defaultPage))
    if let categoryID = request.categoryID { try body.add("cat_id", String(categoryID)) }
    if let crop = request.crop { try body.add("crop", crop ? "true" : "false") }
    if let region = request.region { try body.add("region", AlibabaCloudLimits.text(region)) }
    try body.add(imageList: ["searchPic"])
    try body.add(image: try image.body(), name: "searchPic")
    return body
  }
}
