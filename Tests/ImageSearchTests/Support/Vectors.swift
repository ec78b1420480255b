import FoundationEssentials
import Glibc

/// The providers' signature vectors in `Tests/Vectors`, or in the folder that `IMAGESEARCH_VECTORS` names.
enum Vectors {
  static func load(_ name: String, file: String = #filePath) throws -> Data {
    let repository = file.components(before: "/Tests/")
    let folder = getenv("IMAGESEARCH_VECTORS").map { String(cString: $0) } ?? repository + "/Tests/Vectors"
    return try Data(contentsOf: URL(filePath: folder + "/" + name))
  }
}

extension String {
  fileprivate func components(before marker: String) -> String {
    var rest = self[...]
    while !rest.isEmpty, !rest.hasPrefix(marker) { rest.removeFirst() }
    return rest.isEmpty ? "." : String(prefix(count - rest.count))
  }
}
