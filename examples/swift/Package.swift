// swift-tools-version: 6.3
import PackageDescription

let package = Package(
  name: "FindPicture",
  dependencies: [.package(name: "ImageSearch", path: "../..", traits: ["LocalIndex"])],
  targets: [
    .executableTarget(
      name: "FindPicture",
      dependencies: [
        .product(name: "ImageSearch", package: "ImageSearch"), .product(name: "LocalIndex", package: "ImageSearch"),
      ])
  ]
)
