// swift-tools-version: 6.3
import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

// A separate package, so that the library's package has no dependency.
let package = Package(
  name: "imagesearch",
  products: [.executable(name: "imagesearch", targets: ["imagesearch"])],
  dependencies: [
    .package(name: "ImageSearch", path: "..", traits: ["LocalIndex"]),
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
  ],
  targets: [
    .target(name: "CSystem"),
    .executableTarget(
      name: "imagesearch",
      dependencies: [
        "CSystem",
        .product(name: "ImageSearch", package: "ImageSearch"),
        .product(name: "ImageIndex", package: "ImageSearch"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      // The page of reports; some files are links to those of the server's page.
      resources: [
        "report.html",
        "view.css",
        "report.css",
        "words.js",
        "stage.js",
        "rows.js",
        "detail.js",
        "browser.js",
        "report.js",
      ].map { .embedInCode("Report/Page/\($0)") },
      swiftSettings: strict),
  ]
)
