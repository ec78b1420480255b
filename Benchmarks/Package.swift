// swift-tools-version: 6.3
import PackageDescription

// A package of its own, so that nothing here is built, or asked for, by those who use the library.
let package = Package(
  name: "Benchmarks",
  dependencies: [.package(name: "ImageSearch", path: "..")],
  targets: [
    .executableTarget(name: "ClientBench", dependencies: [.product(name: "ImageSearch", package: "ImageSearch")]),
    .executableTarget(
      name: "MatchingBench", dependencies: [.product(name: "ImageMatching", package: "ImageSearch")]),
  ]
)
