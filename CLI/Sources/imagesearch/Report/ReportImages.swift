import FoundationEssentials
@_spi(Command) import ImageIndex
import ImageSearch

/// The images of a report, no larger than needed.
enum ReportImages {
  /// For lists: 96 pixels wide on the page, with some margin for high-density screens.
  static let small = ImagePreview.Size(longestSide: 128, mostBytes: 1700)
  /// For the slider.
  static let large = ImagePreview.Size(longestSide: 640, mostBytes: 24_000)
  /// Number of images decoded concurrently.
  private static let parallel = 8

  /// The images of one row as `data:` URLs.
  struct Pair: Sendable {
    var small, large: String?
  }

  /// The origin of a row's image.
  struct Origin: Sendable {
    var itemID, imageName: String
    /// The file that it was added from, if known, and its digest.
    var path: [UInt8]?
    var sha256: String?

    /// Identifies the image within its index; item ids contain no NUL.
    var key: [UInt8] { Array("\(itemID)\u{0}\(imageName)".utf8) }
  }

  /// Loads images in the order of their origins.
  ///
  /// - Parameter isLarge: which ones also get a large image.
  static func pairs(
    of origins: [Origin?], in index: LocalIndex, isLarge: @escaping @Sendable (Int) -> Bool
  ) async -> [Pair] {
    await withTaskGroup(of: (Int, Pair).self) { group in
      var pairs = [Pair](repeating: Pair(), count: origins.count)
      var next = 0
      func start() {
        while next < origins.count {
          let place = next
          next += 1
          guard let origin = origins[place] else { continue }
          group.addTask { (place, await pair(of: origin, in: index, isLarge: isLarge(place))) }
          return
        }
      }
      for _ in 0..<parallel { start() }
      for await (place, pair) in group {
        pairs[place] = pair
        start()
      }
      return pairs
    }
  }

  /// An input image as shown. One that cannot be read has its name and the error.
  static func given(_ source: ImageSource, named name: String, isLarge: Bool) -> GivenImage {
    var image = GivenImage(name: name)
    do {
      let preview = try ImagePreview(of: source, sizes: isLarge ? [small, large] : [small])
      image.sha256 = preview.sha256
      image.fileSize = preview.fileSize
      image.format = preview.format
      image.width = preview.size?.width
      image.height = preview.size?.height
      image.error = preview.failure?.message
      image.small = preview.versions.first.map(dataURL)
      image.large = isLarge ? preview.versions.last.map(dataURL) : nil
    } catch let error as ImageSearchError {
      image.error = error.message
    } catch {
      image.error = "\(error)"
    }
    return image
  }

  private static func pair(of origin: Origin, in index: LocalIndex, isLarge: Bool) async -> Pair {
    let sizes = isLarge ? [small, large] : [small]
    var preview: ImagePreview?
    if let thumbnail = try? await index.thumbnail(itemID: origin.itemID, imageName: origin.imageName) {
      preview = try? ImagePreview(of: .bytes(thumbnail), sizes: sizes)
    } else if let (path, sha256) = await file(of: origin, in: index) {
      // There may be another image at the path by now.
      preview = try? ImagePreview(of: .file(pathBytes: path), sizes: sizes)
      if preview?.sha256 != sha256 { preview = nil }
    }
    guard let preview, preview.versions.count == sizes.count else { return Pair() }
    return Pair(small: dataURL(preview.versions[0]), large: isLarge ? dataURL(preview.versions[1]) : nil)
  }

  /// The file that an image without a thumbnail was added from.
  private static func file(of origin: Origin, in index: LocalIndex) async -> (path: [UInt8], sha256: String)? {
    if let path = origin.path, let sha256 = origin.sha256 { return (path, sha256) }
    let item = try? await index.item(origin.itemID)
    guard let image = item?.images.first(where: { $0.imageName == origin.imageName }), let path = image.sourcePathBytes
    else { return nil }
    return (path, image.sha256)
  }

  private static func dataURL(_ webp: [UInt8]) -> String {
    "data:image/webp;base64,\(Data(webp).base64EncodedString())"
  }
}
