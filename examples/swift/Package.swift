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
    // Lists an index, and finds its duplicates.
    .executableTarget(
      name: "Collection",
      dependencies: [
        .product(name: "ImageSearch", package: "ImageSearch"), .product(name: "ImageIndex", package: "ImageSearch"),
      ]),
    // A custom service, and a program that tests it against its double.
    .executableTarget(name: "Parrot", dependencies: [.product(name: "ImageSearch", package: "ImageSearch")]),
  ]
)
