/// Adding one image: `AddImage`, `/v2/image/add`, `/item/add`. The pair (product id, image name) is its identity: adding it
/// again replaces it.
public struct AlibabaCloudAddRequest: Sendable {
  /// The product, 1–256 characters.
  public var productID: String
  /// The image's name within the product, 1–256 characters.
  public var imageName: String
  /// The image.
  public var image: ImageSource
  /// The category; product search of 2018 needs one, generic search has 88888888 only. `nil` lets the service guess.
  public var categoryID: Int?
  /// Whether the service looks for the subject of the image itself; `nil` takes its default, true.
  public var crop: Bool?
  /// The subject of the image; overrides ``crop``.
  public var region: PixelRect?
  /// Text that is returned with every match, at most 4096 characters.
  public var customContent: String?
  /// Values to filter by; 2019 has the first of each kind, 2018 none.
  public var attributes = AlibabaCloudAttributes()

  /// An image of a product.
  public init(productID: String, imageName: String, image: ImageSource) {
    self.productID = productID
    self.imageName = imageName
    self.image = image
  }

  /// An image of an item in the common terms; the item's parameters are `Crop`, `Region` and the names of
  /// ``AlibabaCloudAttributes``.
  ///
  /// - Throws: ``ImageSearchError/Code/invalidArgument`` for an unknown parameter or value.
  public init(_ item: ImageItem, _ image: ImageItem.Image) throws {
    self.init(productID: item.itemID, imageName: image.name, image: image.source)
    customContent = item.customContent
    categoryID = try item.category.map { try AlibabaCloudLimits.integer("category", $0) }
    for (name, value) in item.parameters {
      if try attributes.set(name, value) { continue }
      switch name {
      case "Crop": crop = try AlibabaCloudLimits.flag(name, value)
      case "Region": region = try AlibabaCloudLimits.region(value)
      default:
        throw ImageSearchError(
          .invalidArgument,
          "AlibabaCloud has no parameter \"\(name)\" of items; it has Crop, Region, IntAttr to IntAttr4 and StrAttr to"
            + " StrAttr4")
      }
    }
  }

  func validate(_ version: AlibabaCloudVersion) throws {
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

  /// Everything but the instance and the image, as 2019 and 2020 name it.
  var form: [(name: String, value: String)] {
    var list = [(name: "ProductId", value: productID), (name: "PicName", value: imageName)]
    if let categoryID { list.append(("CategoryId", String(categoryID))) }
    if let crop { list.append(("Crop", crop ? "true" : "false")) }
    if let region { list.append(("Region", AlibabaCloudLimits.text(region))) }
    if let customContent { list.append(("CustomContent", customContent)) }
    return list + attributes.pairs
  }
}

/// Changing what is stored with an image, but not the image: `UpdateImage`.
public struct AlibabaCloudUpdateRequest: Sendable, Hashable {
  /// The product, 1–256 characters.
  public var productID: String
  /// One image of it; `nil` changes all of them.
  public var imageName: String?
  /// The new text, at most 4096 characters.
  public var customContent: String?
  /// The new values.
  public var attributes = AlibabaCloudAttributes()

  /// A change of one image or of all of a product.
  public init(productID: String, imageName: String? = nil) {
    self.productID = productID
    self.imageName = imageName
  }

  func validate() throws {
    try AlibabaCloudLimits.productID(productID)
    if let imageName { try AlibabaCloudLimits.imageName(imageName) }
    try AlibabaCloudLimits.customContent(customContent)
    try attributes.validate()
  }

  // The third and fourth attributes travel in the query, everything else in the form (section 5, "mixed placement").
  private static let inQuery: Set<String> = ["IntAttr3", "IntAttr4", "StrAttr3", "StrAttr4"]

  var query: [(name: String, value: String)] { attributes.pairs.filter { Self.inQuery.contains($0.name) } }

  var form: [(name: String, value: String)] {
    var list = [(name: "ProductId", value: productID)]
    if let imageName { list.append(("PicName", imageName)) }
    if let customContent { list.append(("CustomContent", customContent)) }
    return list + attributes.pairs.filter { !Self.inQuery.contains($0.name) }
  }
}

/// Removing images: `DeleteImage`, `/v2/image/delete`, `/item/delete`. What is not there counts as removed.
public struct AlibabaCloudDeleteRequest: Sendable, Hashable {
  /// The product, 1–256 characters; `nil` only with a ``filter``.
  public var productID: String?
  /// One image of it; `nil` removes all of them.
  public var imageName: String?
  /// Removes what the filter selects, at most 4096 characters; only 2020-12-14, whose text allows `=`, `>`, `>=`, `<`, `<=` for
  /// numbers and `=`, `!=` for texts here.
  public var filter: String?

  /// Removes one image, or all of a product.
  public init(productID: String, imageName: String? = nil) {
    self.productID = productID
    self.imageName = imageName
  }

  /// Removes what a filter selects.
  public init(filter: String) { self.filter = filter }

  func validate(_ version: AlibabaCloudVersion) throws {
    if let productID { try AlibabaCloudLimits.productID(productID) }
    if let imageName { try AlibabaCloudLimits.imageName(imageName) }
    try AlibabaCloudLimits.filter(filter)
    guard productID != nil || filter != nil else {
      throw ImageSearchError(.invalidArgument, "ProductId is missing; without it there must be a Filter")
    }
    guard version == .v20201214 || filter == nil else {
      throw ImageSearchError(.unsupported, "the API version \(version.rawValue) cannot remove by Filter")
    }
  }

  var form: [(name: String, value: String)] {
    var list: [(name: String, value: String)] = []
    if let productID { list.append(("ProductId", productID)) }
    if let imageName { list.append(("PicName", imageName)) }
    if let filter { list += [("IsDeleteByFilter", "true"), ("Filter", filter)] }
    return list
  }
}
