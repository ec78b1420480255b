// swift-tools-version: 6.3
import PackageDescription

let package = Package(
  name: "FindImage",
  dependencies: [.package(name: "ImageSearch", path: "../..", traits: ["LocalIndex"])],
  targets: [
    .executableTarget(
      name: "FindImage",
      dependencies: [
        .product(name: "ImageSearch", package: "ImageSearch"), .product(name: "ImageIndex", package: "ImageSearch"),
      ]),
    // What is in an index, and what is in it more than once.
    .executableTarget(
      name: "Collection",
      dependencies: [
        .product(name: "ImageSearch", package: "ImageSearch"), .product(name: "ImageIndex", package: "ImageSearch"),
      ]),
    // A service of one's own, and a program that holds it against its double.
    .executableTarget(name: "Parrot", dependencies: [.product(name: "ImageSearch", package: "ImageSearch")]),
  ]
)
