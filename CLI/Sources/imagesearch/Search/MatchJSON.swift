@_spi(Command) import ImageSearch

/// Conversion of a match to and from JSON, with the names of the server and of Python. What the service does not report is
/// omitted.
extension Match {
  var json: JSON {
    var members: [JSON.Member] = []
    func add(_ name: String, _ value: JSON) { if !value.isNull { members.append(.init(name, value)) } }
    add("item_id", JSON(itemID))
    add("image_name", JSON(imageName))
    add("relation", JSON(relation?.rawValue))
    add("confidence", JSON(confidence))
    add("score", JSON(score))
    add("title", JSON(title))
    add(
      "price",
      price.map { .object([.init("amount", .text($0.amount)), .init("currency", .text($0.currency))]) } ?? .null)
    add("page_url", JSON(pageURL))
    add("image_url", JSON(imageURL))
    add("domain", JSON(domain))
    add("width", JSON(width))
    add("height", JSON(height))
    add("file_size", JSON(fileSize))
    add("format", JSON(format))
    add("sha256", JSON(sha256))
    add("exif_date", JSON(exifDate))
    add("category", JSON(category))
    add("custom_content", JSON(customContent))
    add("query_overlap", JSON(queryOverlap))
    add("match_overlap", JSON(matchOverlap))
    add("is_mirrored", JSON(isMirrored))
    add(
      "transform",
      transform.map { map in .list([map.m11, map.m12, map.m13, map.m21, map.m22, map.m23].map { JSON($0) }) } ?? .null)
    add(
      "agreement",
      agreement.map {
        .object([.init("agrees", JSON($0.agrees)), .init("differs", JSON($0.differs)), .init("empty", JSON($0.empty))])
      } ?? .null)
    add("overlay_url", JSON(overlayURL))
    if !tags.isEmpty { add("tags", JSON(tags)) }
    if !backlinks.isEmpty { add("backlinks", .list(backlinks.map(\.json))) }
    if !details.isEmpty {
      add("details", .object(details.sorted { $0.key < $1.key }.map { .init($0.key, .text($0.value)) }))
    }
    return .object(members)
  }

  init(json: JSON) {
    self.init()
    itemID = json["item_id"].string
    imageName = json["image_name"].string
    relation = json["relation"].string.map(Relation.init(rawValue:))
    confidence = json["confidence"].double
    score = json["score"].double
    title = json["title"].string
    if let amount = json["price"]["amount"].string {
      price = Money(amount: amount, currency: json["price"]["currency"].string ?? "")
    }
    pageURL = json["page_url"].string
    imageURL = json["image_url"].string
    domain = json["domain"].string
    width = json["width"].integer
    height = json["height"].integer
    fileSize = json["file_size"].integer
    format = json["format"].string
    sha256 = json["sha256"].string
    exifDate = json["exif_date"].string
    category = json["category"].string
    customContent = json["custom_content"].string
    queryOverlap = json["query_overlap"].double
    matchOverlap = json["match_overlap"].double
    isMirrored = json["is_mirrored"].bool
    let map = json["transform"].elements.compactMap(\.double)
    if map.count == 6 {
      transform = AffineMap(m11: map[0], m12: map[1], m13: map[2], m21: map[3], m22: map[4], m23: map[5])
    }
    let agreed = json["agreement"]
    if let agrees = agreed["agrees"].double, let differs = agreed["differs"].double, let empty = agreed["empty"].double
    {
      agreement = Agreement(agrees: agrees, differs: differs, empty: empty)
    }
    overlayURL = json["overlay_url"].string
    tags = json["tags"].elements.compactMap(\.string)
    backlinks = json["backlinks"].elements.map {
      Backlink(imageURL: $0["image_url"].string, pageURL: $0["page_url"].string, crawlDate: $0["crawl_date"].string)
    }
    for member in json["details"].members { details[member.name] = member.value.string }
  }
}

extension Match.Backlink {
  fileprivate var json: JSON {
    var members: [JSON.Member] = []
    if let imageURL { members.append(.init("image_url", .text(imageURL))) }
    if let pageURL { members.append(.init("page_url", .text(pageURL))) }
    if let crawlDate { members.append(.init("crawl_date", .text(crawlDate))) }
    return .object(members)
  }
}
